using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Writes a group's offset file. Owned by whoever holds the flush lock, or presence exclusively. Every member throws
/// <see cref="FileSystemException"/> when nothing may be taken to be durable.
/// </summary>
internal sealed class OffsetFileWriter(IDirectory folder, OffsetFileHeader header) : IDisposable
{
    public const string Name = "offset";
    private const string TemporaryName = "offset.new";

    // Ten thousand deltas of one run: a quarter of an hour at ten flushes a second, so that a queue on a full disk
    // can be drained within the room set aside, and short enough to be read in a few milliseconds.
    private const long RoomBytes = 1 << 20;
    private const long RoomBytesMin = 1 << 16;
    private IFile? _file;

    /// <summary>
    /// Appends what was settled, and what is known of failures, each synced by itself: two records must never be
    /// unsynced at a time, for a second that survives a first would pass for damage. Null when a new file should be
    /// written instead: there is no room, or something already stands where a record would go.
    /// </summary>
    public OffsetFileEnd? TryAppend(
        in OffsetFileEnd end, in OffsetSums sums, OffsetSet settled, IReadOnlyCollection<RetryNote> retries)
    {
        OffsetFileEnd? reached = end;
        if (!settled.IsEmpty || retries.Count == 0)
            reached = TryAppend(end, OffsetRecordKind.Delta, sums, OffsetSetCodec.Encode(settled));
        return reached is { } behind && retries.Count > 0
            ? TryAppend(behind, OffsetRecordKind.Retries, sums, RetryNote.Encode(retries))
            : reached;
    }

    /// <summary>Writes a new file that holds one snapshot, and puts it in the place of the old one, durably.</summary>
    public OffsetFileEnd Replace(
        ulong sequence, in OffsetSums sums, OffsetSet settled, IReadOnlyCollection<RetryNote>? retries = null)
    {
        var head = new byte[OffsetFileHeader.Length];
        var chain = header.Encode(head);
        var records = new RecordChain(new OffsetFileEnd(head.Length, sequence - 1, chain), sums, header.Secret);
        records.Add(OffsetRecordKind.Snapshot, OffsetSetCodec.Encode(settled));
        if (retries is { Count: > 0 })
            records.Add(OffsetRecordKind.Retries, RetryNote.Encode(retries));
        folder.TryUnlink(TemporaryName);
        var created = folder.CreateFile(TemporaryName);
        try
        {
            SetRoomAside(created, records.End.Position);
            created.Write(head, 0);
            created.Write(records.Bytes, head.Length);
            created.Sync();
            folder.Rename(TemporaryName, Name);
        }
        catch
        {
            created.Dispose();
            throw;
        }

        _file?.Dispose();
        _file = created;
        folder.Sync();
        return records.End;
    }

    /// <summary>Makes what the file holds now durable.</summary>
    public void Sync()
    {
        var open = Reopen() ?? throw new DamagedException(Path, 0, 0, "it is missing");
        open.SyncData();
    }

    public void Dispose() => _file?.Dispose();

    private string Path => $"{folder.Path}/{Name}";

    /// <summary>Another process may have written a new file: the one by that name is the one that counts.</summary>
    private IFile? Reopen()
    {
        if (_file is not null && folder.TryStatus(Name) is { } status && status.Identity == _file.Identity)
            return _file;
        _file?.Dispose();
        _file = folder.TryOpenFile(Name, writable: true);
        return _file;
    }

    private OffsetFileEnd? TryAppend(
        in OffsetFileEnd end, OffsetRecordKind kind, in OffsetSums sums, byte[] payload)
    {
        var records = new RecordChain(end, sums, header.Secret);
        records.Add(kind, payload);
        var open = Reopen();
        if (open is null || open.Length < records.End.Position || !IsBlank(open, end.Position))
            return null;
        try
        {
            open.Write(records.Bytes, end.Position);
            open.SyncData();
        }
        catch (FileSystemException)
        {
            Void(open, end.Position);
            throw;
        }

        return records.End;
    }

    private static bool IsBlank(IFile open, long position)
    {
        Span<byte> bytes = stackalloc byte[OffsetRecord.HeaderLength];
        var read = open.Read(bytes, position);
        return bytes[..read].IndexOfAnyExcept((byte)0) < 0;
    }

    private static void SetRoomAside(IFile created, long length)
    {
        try
        {
            created.Allocate(Math.Max(RoomBytes, Rounded(2 * length)));
        }
        catch (FileSystemException error) when (error.IsNoSpace)
        {
            created.Allocate(Rounded(length + 1));
        }
    }

    private static long Rounded(long length) => (length + RoomBytesMin - 1) / RoomBytesMin * RoomBytesMin;

    /// <summary>
    /// After a failed sync the record may stand in the page cache and not on the disk: nobody shall read it as valid.
    /// </summary>
    private void Void(IFile open, long position)
    {
        try
        {
            open.Write(new byte[OffsetRecord.HeaderLength], position);
        }
        catch (FileSystemException)
        {
            // The first failure is the one to report; this descriptor is of no more use.
            _file = null;
            open.Dispose();
        }
    }
}
