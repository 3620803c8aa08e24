using System.Buffers.Binary;
using System.Text;

namespace Fiq;

/// <summary>
/// Named values that travel with a message, in the order given. Kept in the encoded form of the record:
/// each header is a u16 name length, a u16 zero, a u32 value length, then name and value in UTF-8.
/// </summary>
public sealed class MessageHeaders
{
    /// <summary>The largest encoded size, in bytes: headers describe a message, they do not carry it.</summary>
    public const int SizeMax = 64 * 1024;

    /// <summary>No headers.</summary>
    public static readonly MessageHeaders None = new(ReadOnlyMemory<byte>.Empty);

    private const int PrefixSize = 8;

    internal MessageHeaders(ReadOnlyMemory<byte> encoded) => Encoded = encoded;

    /// <summary>Whether there are none.</summary>
    public bool IsEmpty => Encoded.IsEmpty;

    internal ReadOnlyMemory<byte> Encoded { get; }

    /// <summary>Makes headers from pairs.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: an empty name, or too many bytes.</exception>
    public static MessageHeaders Create(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        MessageHeaders headers = CreateUnbounded(pairs);
        return headers.Encoded.Length <= SizeMax
            ? headers
            : throw new FiqException(ErrorCode.BadRequest, $"headers are larger than {SizeMax} bytes");
    }

    /// <summary>The same without a bound on the sum of all, for what fiq adds to them.</summary>
    internal static MessageHeaders CreateUnbounded(IEnumerable<KeyValuePair<string, string>> pairs)
    {
        using var stream = new MemoryStream();
        Span<byte> prefix = stackalloc byte[PrefixSize];
        foreach ((string name, string value) in pairs)
        {
            byte[] nameBytes = Encoding.UTF8.GetBytes(name);
            byte[] valueBytes = Encoding.UTF8.GetBytes(value);
            if (nameBytes.Length is 0 or > MessageKey.LengthMax)
                throw new FiqException(ErrorCode.BadRequest, "a header's name must have 1 to 256 bytes");
            prefix.Clear();
            BinaryPrimitives.WriteUInt16LittleEndian(prefix, (ushort)nameBytes.Length);
            BinaryPrimitives.WriteInt32LittleEndian(prefix[4..], valueBytes.Length);
            stream.Write(prefix);
            stream.Write(nameBytes);
            stream.Write(valueBytes);
        }

        return stream.Length == 0 ? None : new MessageHeaders(stream.ToArray());
    }

    /// <summary>The pairs, in order.</summary>
    public IEnumerable<KeyValuePair<string, string>> Pairs()
    {
        ReadOnlyMemory<byte> rest = Encoded;
        while (rest.Length >= PrefixSize)
        {
            int nameLength = BinaryPrimitives.ReadUInt16LittleEndian(rest.Span);
            int valueLength = BinaryPrimitives.ReadInt32LittleEndian(rest.Span[4..]);
            if (valueLength < 0 || PrefixSize + nameLength + (long)valueLength > rest.Length) yield break;
            yield return new(
                Encoding.UTF8.GetString(rest.Span.Slice(PrefixSize, nameLength)),
                Encoding.UTF8.GetString(rest.Span.Slice(PrefixSize + nameLength, valueLength)));
            rest = rest[(PrefixSize + nameLength + valueLength)..];
        }
    }

    /// <summary>The first value of that name, or null.</summary>
    public string? Find(string name)
    {
        foreach ((string key, string value) in Pairs())
            if (key == name) return value;
        return null;
    }
}
