using System.Diagnostics.CodeAnalysis;

namespace Fiq;

/// <summary>
/// The name of a queue: 1 to 64 of lower-case letters, digits, <c>.</c>, <c>_</c>, <c>-</c>, beginning with a letter
/// or digit. A value of this type is always a valid name, so it can become a path without another check.
/// </summary>
public readonly record struct QueueName
{
    /// <summary>The longest name, in characters.</summary>
    public const int LengthMax = 64;

    /// <summary>The ending that marks the dead letters of the queue before it; reserved for fiq.</summary>
    public const string DeadSuffix = ".dead";

    private readonly string? _value;

    private QueueName(string value) => _value = value;

    /// <summary>The queue used when none is named.</summary>
    public static QueueName Default => new("default");

    /// <summary>Whether this is a queue of dead letters, which only fiq creates.</summary>
    public bool IsDead => Value.EndsWith(DeadSuffix, StringComparison.Ordinal);

    /// <summary>The queue that takes this queue's dead letters.</summary>
    public QueueName Dead => new(Value + DeadSuffix);

    private string Value => _value ?? "default";

    /// <summary>Reads a name, or says what is wrong with it.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: not a valid name.</exception>
    public static QueueName Parse(string text) => TryParse(text, out QueueName name)
        ? name
        : throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{Printable.Escape(text)}\" is not a queue name",
            "A name has 1 to 64 of a-z, 0-9, '.', '_', '-' and begins with a letter or digit.");

    /// <summary>Reads a name; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out QueueName name)
    {
        name = default;
        int lengthMax = text is not null && text.EndsWith(DeadSuffix, StringComparison.Ordinal)
            ? LengthMax + DeadSuffix.Length
            : LengthMax;
        if (string.IsNullOrEmpty(text) || text.Length > lengthMax || !char.IsAsciiLetterOrDigit(text[0])) return false;
        foreach (char c in text)
            if (!char.IsAsciiLetterLower(c) && !char.IsAsciiDigit(c) && c is not ('.' or '_' or '-'))
                return false;
        name = new QueueName(text);
        return true;
    }

    /// <summary>Whether both are the same name; a value never set is the default queue.</summary>
    public bool Equals(QueueName other) => Value == other.Value;

    /// <inheritdoc />
    public override int GetHashCode() => Value.GetHashCode(StringComparison.Ordinal);

    /// <inheritdoc />
    public override string ToString() => Value;
}
