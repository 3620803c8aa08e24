using System.Buffers;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Reads an offset file. Records are followed by chain, sequence and checksums. What follows the last good record
/// and holds no later good one is torn and ignored; a good one behind it proves damage, which is never guessed
/// around: something settled could be forgotten, or worse, the other way.
/// </summary>
internal static class OffsetFileReader
{
    // A snapshot of 65,536 outstanding entries scattered as widely as can be is about 2 MiB; room for many deltas.
    private const long LengthMax = 1L << 30;

    /// <summary>Reads the offset file of a queue, and of a group when <paramref name="group"/> is not 0.</summary>
    public static OffsetFileContent Read(IFile file, string path, ulong queueId, ulong group = 0)
    {
        var length = file.Length;
        if (length > LengthMax)
            throw new DamagedException(path, LengthMax, length, "no offset file is that large");
        // Mostly room for later records: rented, because every attach reads it.
        var bytes = ArrayPool<byte>.Shared.Rent((int)length);
        try
        {
            var read = Read(file, bytes.AsSpan(0, (int)length), path);
            return Decode(bytes.AsSpan(0, read), path, queueId, group);
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(bytes);
        }
    }

    /// <summary>What these bytes of an offset file say.</summary>
    public static OffsetFileContent Decode(ReadOnlySpan<byte> bytes, string path, ulong queueId, ulong group = 0)
    {
        var header = OffsetFileHeader.Decode(bytes, queueId, path, out var crc);
        if (!header.IsOf(group))
            throw new DamagedException(path, 0, OffsetFileHeader.Length, "it belongs to another group");
        var end = new OffsetFileEnd(OffsetFileHeader.Length, 0, crc);
        var settled = new OffsetSet();
        var retries = new Dictionary<long, RetryNote>();
        OffsetSums? sums = null;
        while (Next(bytes, end, header.Secret, sums is null) is { } record)
        {
            var rest = bytes[(int)end.Position..];
            var payload = rest.Slice(OffsetRecord.HeaderLength, record.PayloadLength);
            if (record.Kind == OffsetRecordKind.Retries && !RetryNote.TryDecodeInto(retries, payload))
                throw Contradiction(record, path, end.Position);
            if (IsState(record, path, end.Position))
            {
                // A record of failures settles nothing, and states the sums all the same.
                var added = record.Kind == OffsetRecordKind.Retries ? [] : payload;
                Apply(settled, record, added, sums, path, end.Position);
                sums = record.Sums;
            }

            end = new OffsetFileEnd(end.Position + record.Length, record.Sequence, record.HeaderCrc);
        }

        var torn = RefuseDamage(bytes, end, header.Secret, path);
        if (sums is not { } last)
            throw new DamagedException(path, OffsetFileHeader.Length, bytes.Length, "its first snapshot is not valid");
        var content = new OffsetFileContent(header, last, settled, end, torn);
        RefuseWrongSums(content, path);
        return content with { Retries = Unsettled(retries, content) };
    }

    private static int Read(IFile file, Span<byte> bytes, string path)
    {
        try
        {
            return file.Read(bytes, 0);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            throw new DamagedException(path, 0, bytes.Length, $"it can't be read: {error.Message}");
        }
    }

    private static OffsetRecord? Next(ReadOnlySpan<byte> bytes, in OffsetFileEnd end, ulong secret, bool first)
    {
        if (bytes.Length < end.Position)
            return null;
        var record = OffsetRecord.TryDecode(bytes[(int)end.Position..], secret);
        if (record is not { } found || found.Chain != end.HeaderCrc)
            return null;
        return first || found.Sequence == end.Sequence + 1 ? found : null;
    }

    private static bool IsState(in OffsetRecord record, string path, long position)
    {
        if (record.Kind is OffsetRecordKind.Snapshot or OffsetRecordKind.Delta or OffsetRecordKind.Retries)
            return true;
        if ((record.Flags & OffsetRecord.MustUnderstand) == 0)
            return false;
        throw new FiqException(
            ErrorCode.Unsupported,
            $"{path} holds a record of kind {(ushort)record.Kind} at byte {position} that this fiq does not know",
            "Use the newer fiq that wrote it.");
    }

    private static void Apply(
        OffsetSet settled, in OffsetRecord record, ReadOnlySpan<byte> payload, OffsetSums? before, string path, long at)
    {
        var sums = record.Sums;
        var from = record.Kind == OffsetRecordKind.Snapshot ? sums.Floor : 0;
        var good = sums.Floor >= 0 && sums.Floor <= sums.Cursor
            && (before is { } last
                ? sums.Floor >= last.Floor && sums.Cursor >= last.Cursor && record.Kind != OffsetRecordKind.Snapshot
                : record.Kind == OffsetRecordKind.Snapshot)
            && OffsetSetCodec.TryDecodeInto(settled, payload, from, sums.Cursor);
        if (!good)
            throw Contradiction(record, path, at);
    }

    private static DamagedException Contradiction(in OffsetRecord record, string path, long at) =>
        new(path, at, at + record.Length, "a record contradicts itself or the one before");

    private static Dictionary<long, RetryNote> Unsettled(Dictionary<long, RetryNote> retries, OffsetFileContent content)
    {
        foreach (var offset in retries.Keys)
        {
            if (offset >= content.Sums.Cursor || (content.SettledAt(offset) & 1) != 0)
                retries.Remove(offset);
        }

        return retries;
    }

    /// <summary>Whether anything but zeros follows the end; throws when a later good record does.</summary>
    private static bool RefuseDamage(ReadOnlySpan<byte> bytes, in OffsetFileEnd end, ulong secret, string path)
    {
        var rest = bytes[(int)Math.Min(end.Position, bytes.Length)..];
        var zeros = rest.IndexOfAnyExcept((byte)0);
        if (zeros < 0)
            return false;
        for (var at = zeros & ~7; at + OffsetRecord.HeaderLength <= rest.Length; at += 8)
        {
            if (OffsetRecord.TryDecode(rest[at..], secret) is { } later && later.Sequence > end.Sequence)
            {
                throw new DamagedException(
                    path, end.Position, end.Position + at, $"record {later.Sequence} follows something invalid");
            }
        }

        return true;
    }

    private static void RefuseWrongSums(OffsetFileContent content, string path)
    {
        var (floor, cursor, messages, _) = content.Sums;
        var unsettled = 0L;
        var lowest = cursor;
        foreach (var (start, mask) in content.UnsettledFrom(floor))
        {
            lowest = Math.Min(lowest, start);
            unsettled += Bits.Count(mask);
        }

        if (lowest != floor || messages != cursor - unsettled)
        {
            throw new DamagedException(
                path, OffsetFileHeader.Length, content.End.Position, "the sums and the settled offsets disagree");
        }
    }
}
