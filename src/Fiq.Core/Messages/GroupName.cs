using System.Diagnostics.CodeAnalysis;

namespace Fiq;

/// <summary>The name of a consumer group; the same alphabet as <see cref="QueueName"/>.</summary>
public readonly record struct GroupName
{
    private readonly string? _value;

    private GroupName(string value) => _value = value;

    /// <summary>The group used when none is named.</summary>
    public static GroupName Default => new("default");

    /// <summary>Reads a name, or says what is wrong with it.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: not a valid name.</exception>
    public static GroupName Parse(string text) => TryParse(text, out GroupName name)
        ? name
        : throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{Printable.Escape(text)}\" is not a group name",
            "A name has 1 to 64 of a-z, 0-9, '.', '_', '-' and begins with a letter or digit.");

    /// <summary>Reads a name; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out GroupName name)
    {
        name = default;
        if (text is null || text.Length > QueueName.LengthMax || !QueueName.TryParse(text, out _)) return false;
        name = new GroupName(text);
        return true;
    }

    /// <summary>Whether both are the same name; a value never set is the default group.</summary>
    public bool Equals(GroupName other) => ToString() == other.ToString();

    /// <inheritdoc />
    public override int GetHashCode() => ToString().GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => _value ?? "default";
}
