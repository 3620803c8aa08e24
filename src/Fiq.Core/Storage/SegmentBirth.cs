using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// Makes a segment: the whole file under a temporary name, synced; then its name. Whoever reads the name later finds
/// a segment that is finished up to its born position, or none.
/// </summary>
internal sealed class SegmentBirth : IDisposable
{
    /// <summary>Room that is asked for at least; below it the file simply grows.</summary>
    public const long AllocationMin = 1024 * 1024;

    /// <summary>The ending of names that mean nothing yet; left over, they are removed at the next recovery.</summary>
    public const string TemporarySuffix = ".tmp";

    private readonly LogContext _context;
    private readonly string _temporaryName;
    private readonly SegmentHeader _plan;
    private IFile? _file;
    private LogMark _mark;
    private long _producersThrough;

    private SegmentBirth(LogContext context, string temporaryName, IFile file, SegmentHeader plan)
    {
        _context = context;
        _temporaryName = temporaryName;
        _file = file;
        _plan = plan;
    }

    /// <summary>Begins a segment behind a stated end.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="end">The end of the predecessor that its header will state.</param>
    /// <param name="sums">The sums at that end.</param>
    /// <param name="timestampMax">The largest timestamp at that end.</param>
    /// <param name="producers">The producers at that end.</param>
    /// <param name="spare">A file made ahead and its name, or null.</param>
    /// <param name="small">Begin with little room, because the end came long before the segment was full.</param>
    public static SegmentBirth Begin(
        LogContext context,
        SegmentEnd end,
        RunningSums sums,
        long timestampMax,
        ProducerTable producers,
        (IFile File, string Name)? spare,
        bool small = false)
    {
        var plan = new SegmentHeader
        {
            QueueId = context.QueueId,
            Ordinal = end.Ordinal + 1,
            BaseOffset = end.Offset,
            Previous = end,
            Secret = context.Random(),
            CreatedMicroseconds = context.UtcMicroseconds,
            Sums = sums,
            BornPosition = 0,
            BornOffset = 0,
        };
        string name = spare?.Name ?? $"{plan.Name}-{context.Random():x16}{TemporarySuffix}";
        IFile file = spare?.File ?? context.Folder.CreateFile(name);
        var birth = new SegmentBirth(context, name, file, plan);
        try
        {
            // A queue that fills segments gets whole ones; others begin small and grow by doubling.
            bool isWhole = end.Reason == EndReason.Full && !small;
            if (spare is null) Allocate(context, file, isWhole ? context.SegmentBytesNow : AllocationMin);
            birth.WriteCheckpoint(timestampMax, producers);
            return birth;
        }
        catch
        {
            birth.Dispose();
            throw;
        }
    }

    /// <summary>
    /// Asks for room, for less when there is too little or too little would be left free, and for none below a
    /// mebibyte.
    /// </summary>
    public static void Allocate(LogContext context, IFile file, long bytes)
    {
        long floor = context.Bounds.FreeBytes;
        long most = floor == 0 ? long.MaxValue : context.Folder.FreeBytes() - floor + file.Length;
        for (long room = bytes; room >= AllocationMin; room /= 2)
        {
            if (room > most) continue;
            try
            {
                file.Allocate(room);
                return;
            }
            catch (FileSystemException error) when (error.IsNoSpace)
            {
                // Half of it may still fit; the write itself says when nothing does.
                continue;
            }
        }
    }

    /// <summary>
    /// Copies a batch from another segment behind what is there, with a new header. Its body must have been checked.
    /// </summary>
    public void Append(in BatchHeader source, RunningSums sourceSumsBefore, ReadOnlySpan<byte> body)
    {
        RunningSums before = _mark.Sums;
        var header = source with
        {
            Ordinal = _plan.Ordinal,
            Position = _mark.Position,
            BaseOffset = _mark.Offset,
            DurableThrough = _plan.BaseOffset,
            PreviousCrc = _mark.LastHeaderCrc,
            Sums = new RunningSums(
                before.Messages + source.Sums.Messages - sourceSumsBefore.Messages,
                before.Bytes + source.Sums.Bytes - sourceSumsBefore.Bytes,
                before.Microseconds + source.Sums.Microseconds - sourceSumsBefore.Microseconds),
            TimestampMax = Math.Max(source.TimestampMax, _mark.TimestampMax),
            ProducersBefore = _producersThrough,
        };
        Span<byte> headerBytes = stackalloc byte[BatchHeader.Size];
        header = header.Encode(headerBytes, _plan.Secret);
        _file!.Write(headerBytes, header.Position);
        _file.Write(body, header.Position + BatchHeader.Size);
        _mark = LogMark.Behind(header, _plan.BaseOffset);
        _producersThrough = header.ProducersThrough;
    }

    /// <summary>
    /// Writes the header last, syncs, and gives the segment its name, which is durable only after the folder was
    /// synced. Null when the name is taken: somebody else has made the successor.
    /// </summary>
    public (SegmentFile Segment, LogMark Born)? TryFinish()
    {
        Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
        SegmentHeader header = _plan with { BornPosition = _mark.Position, BornOffset = _mark.Offset };
        header.Encode(bytes);
        _file!.Write(bytes, 0);
        _file.Sync();
        if (!TryName(header.Name.ToString())) return null;
        var segment = SegmentFile.Adopt(_file, header);
        _file = null;
        return (segment, _mark);
    }

    /// <summary>Drops a segment that was not finished, with its temporary file.</summary>
    public void Dispose()
    {
        if (_file is null) return;
        _file.Dispose();
        _file = null;
        _context.Folder.TryUnlink(_temporaryName);
    }

    // An empty file of that name is none of ours: a segment is whole before it gets its name.
    private bool TryName(string name)
    {
        if (_context.Folder.TryRenameNoReplace(_temporaryName, name)) return true;
        if (_context.Folder.TryStatus(name) is not { Kind: EntryKind.File, Length: 0 }) return false;
        _context.Folder.TryUnlink(name);
        return _context.Folder.TryRenameNoReplace(_temporaryName, name);
    }

    private void WriteCheckpoint(long timestampMax, ProducerTable producers)
    {
        (byte[] bytes, BatchHeader checkpoint) = Checkpoint.Encode(_plan, timestampMax, producers);
        _file!.Write(bytes, Checkpoint.Position);
        _mark = LogMark.Behind(checkpoint, _plan.BaseOffset);
    }
}
