using System.Text;

namespace Fiq;

/// <summary>
/// The key of a message: 1 to 256 bytes of <c>A-Za-z0-9_.-</c>, or empty for a message without a key.
/// Holds the bytes as given, without a copy.
/// </summary>
public readonly struct MessageKey : IEquatable<MessageKey>
{
    /// <summary>The longest key, in bytes.</summary>
    public const int LengthMax = 256;

    private MessageKey(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    /// <summary>The key's bytes, all ASCII.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether the message has no key.</summary>
    public bool IsEmpty => Bytes.IsEmpty;

    /// <summary>FNV-1a of the bytes, 64 bits; part of the record format, so it never changes.</summary>
    public ulong Hash
    {
        get
        {
            ulong hash = 0xCBF29CE484222325;
            foreach (byte b in Bytes.Span) hash = (hash ^ b) * 0x100000001B3;
            return hash;
        }
    }

    /// <summary>Takes the bytes when they are a valid key; no copy is made.</summary>
    public static bool TryCreate(ReadOnlyMemory<byte> bytes, out MessageKey key)
    {
        key = default;
        if (bytes.Length is 0 or > LengthMax) return false;
        foreach (byte b in bytes.Span)
            if (!char.IsAsciiLetterOrDigit((char)b) && b is not ((byte)'_' or (byte)'.' or (byte)'-'))
                return false;
        key = new MessageKey(bytes);
        return true;
    }

    /// <summary>Reads a key from text.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: not a valid key.</exception>
    public static MessageKey Parse(string text) => TryCreate(Encoding.UTF8.GetBytes(text), out MessageKey key)
        ? key
        : throw new FiqException(
            ErrorCode.BadRequest,
            $"\"{Printable.Escape(text)}\" is not a key",
            "A key has 1 to 256 of A-Z, a-z, 0-9, '_', '.', '-'.");

    /// <summary>Takes bytes that were checked when they were stored.</summary>
    internal static MessageKey FromStored(ReadOnlyMemory<byte> bytes) => new(bytes);

    /// <inheritdoc />
    public bool Equals(MessageKey other) => Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc />
    public override bool Equals(object? obj) => obj is MessageKey other && Equals(other);

    /// <inheritdoc />
    public override int GetHashCode() => (int)Hash;

    /// <inheritdoc />
    public override string ToString() => Encoding.ASCII.GetString(Bytes.Span);

    /// <summary>Whether two keys have the same bytes.</summary>
    public static bool operator ==(MessageKey left, MessageKey right) => left.Equals(right);

    /// <summary>Whether two keys differ.</summary>
    public static bool operator !=(MessageKey left, MessageKey right) => !left.Equals(right);
}
