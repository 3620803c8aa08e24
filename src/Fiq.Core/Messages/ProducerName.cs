using System.Diagnostics.CodeAnalysis;
using System.Text;

namespace Fiq;

/// <summary>
/// The name of a producer whose messages have sequences: 1 to 256 bytes of UTF-8 without control characters, wide
/// enough for the path of a file.
/// </summary>
public readonly record struct ProducerName
{
    /// <summary>The longest name, in bytes of UTF-8.</summary>
    public const int LengthMax = 256;

    private readonly string? _value;

    private ProducerName(string value) => _value = value;

    /// <summary>Reads a name, or says what is wrong with it.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: not a valid name.</exception>
    public static ProducerName Parse(string text) => TryParse(text, out ProducerName name)
        ? name
        : throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{Printable.Escape(text)}\" is not a producer's name",
            "A name has 1 to 256 bytes of UTF-8 without control characters.");

    /// <summary>Reads a name; false when it is not one.</summary>
    public static bool TryParse([NotNullWhen(true)] string? text, out ProducerName name)
    {
        name = default;
        if (string.IsNullOrEmpty(text)) return false;
        int length = 0;
        for (int i = 0; i < text.Length;)
        {
            if (!Rune.TryGetRuneAt(text, i, out Rune rune) || Rune.IsControl(rune)) return false;
            length += rune.Utf8SequenceLength;
            i += rune.Utf16SequenceLength;
        }

        if (length > LengthMax) return false;
        name = new ProducerName(text);
        return true;
    }

    /// <summary>FNV-1a of the bytes, 64 bits.</summary>
    internal ulong Hash
    {
        get
        {
            ulong hash = 0xCBF29CE484222325;
            foreach (byte b in Encoding.UTF8.GetBytes(ToString())) hash = (hash ^ b) * 0x100000001B3;
            return hash;
        }
    }

    /// <inheritdoc />
    public override string ToString() => _value ?? "";
}
