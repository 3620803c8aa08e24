namespace Fiq.Groups;

/// <summary>Records of an offset file, one behind the other, ready for one write.</summary>
internal sealed class RecordChain(OffsetFileEnd end, OffsetSums sums, ulong secret)
{
    private byte[] _bytes = [];

    /// <summary>Where the file ends with them.</summary>
    public OffsetFileEnd End { get; private set; } = end;

    public ReadOnlySpan<byte> Bytes => _bytes;

    public void Add(OffsetRecordKind kind, byte[] payload)
    {
        var record = OffsetRecord.Encode(
            kind, End.HeaderCrc, End.Sequence + 1, sums, payload, secret, out var crc);
        End = new OffsetFileEnd(End.Position + record.Length, End.Sequence + 1, crc);
        _bytes = _bytes.Length == 0 ? record : [.. _bytes, .. record];
    }
}
