namespace Fiq.Tests.Bytes;

/// <summary>
/// Bytes for decoders: noise, and good bytes with a few changes of the kinds that find bugs. By a seed, so that what
/// failed can be made again.
/// </summary>
internal sealed class Noise(int seed)
{
    private static readonly long[] Edges =
        [0, 1, 7, 8, 255, 256, 65_535, int.MaxValue, uint.MaxValue, long.MaxValue, -1, int.MinValue, long.MinValue];

    private readonly Random _random = new(seed);

    public int Next(int limit) => _random.Next(limit);

    public long NextEdge() => Edges[_random.Next(Edges.Length)];

    public byte[] Bytes(int sizeMax)
    {
        byte[] bytes = new byte[_random.Next(sizeMax + 1)];
        _random.NextBytes(bytes);
        return bytes;
    }

    /// <summary>The same bytes with up to four changes: a bit, a word at an edge, a copy, a cut, an addition.</summary>
    public byte[] Changed(ReadOnlySpan<byte> good)
    {
        byte[] bytes = good.ToArray();
        for (int i = _random.Next(4); i >= 0 && bytes.Length > 0; i--) bytes = ChangedOnce(bytes);
        return bytes;
    }

    private byte[] ChangedOnce(byte[] bytes)
    {
        int at = _random.Next(bytes.Length);
        switch (_random.Next(5))
        {
            case 0:
                bytes[at] ^= (byte)(1 << _random.Next(8));
                return bytes;
            case 1:
                byte[] edge = BitConverter.GetBytes(NextEdge());
                int aligned = at & ~3;
                edge.AsSpan(0, Math.Min(1 << _random.Next(4), bytes.Length - aligned)).CopyTo(bytes.AsSpan(aligned));
                return bytes;
            case 2:
                int from = _random.Next(bytes.Length);
                int size = Math.Min(_random.Next(64), bytes.Length - Math.Max(from, at));
                bytes.AsSpan(from, size).CopyTo(bytes.AsSpan(at));
                return bytes;
            case 3:
                return bytes[..at];
            default:
                return [.. bytes, .. Bytes(64)];
        }
    }
}
