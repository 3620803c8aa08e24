using System.Buffers;
using Fiq.Files;
using Fiq.Storage.Inspection;
using Fiq.Storage.Producers;

namespace Fiq.Storage.Repair;

/// <summary>
/// A segment that takes the place of a damaged or missing one. Intact batches keep their bytes, their places and their
/// offsets. In the place of damage stand batches of lost messages, whose last checksum is made to be the one that the
/// next intact batch names: so the chain holds, and the successor's word about the end stays true. Room for lost
/// bytes is not allocated.
/// </summary>
internal sealed class SegmentDraft : IDisposable
{
    private const int CopySize = 1024 * 1024;

    private readonly IDirectory _folder;
    private readonly IFile _file;
    private readonly SegmentHeader _plan;
    private readonly string _temporaryName;
    private bool _isFinished;

    private SegmentDraft(LogContext context, SegmentHeader plan)
    {
        _folder = context.Folder;
        _plan = plan with { Features = plan.Features | FormatVersion.LostBatches };
        _temporaryName = $"{plan.Name}-{context.Random():x16}{SegmentBirth.TemporarySuffix}";
        _file = _folder.CreateFile(_temporaryName);
        End = new ChainPlace(
            SegmentHeader.Size, plan.BaseOffset, plan.Previous.LastHeaderCrc, plan.Sums, TimestampMax: 0);
    }

    /// <summary>Where it ends so far.</summary>
    public ChainPlace End { get; private set; }

    public static SegmentDraft Begin(LogContext context, SegmentHeader plan) => new(context, plan);

    /// <summary>Begins with a checkpoint that was not lost.</summary>
    public void Open(ProducerTable producers, long timestampMax)
    {
        (byte[] bytes, BatchHeader checkpoint) = Checkpoint.Encode(_plan, timestampMax, producers);
        _file.Write(bytes, checkpoint.Position);
        End = End.Behind(checkpoint);
    }

    /// <summary>Copies an intact batch to its place.</summary>
    public void Copy(SegmentFile source, in BatchHeader batch)
    {
        byte[] buffer = ArrayPool<byte>.Shared.Rent(CopySize);
        try
        {
            for (long at = batch.Position; at < batch.EndPosition;)
            {
                int size = (int)Math.Min(CopySize, batch.EndPosition - at);
                if (source.File.Read(buffer.AsSpan(0, size), at) != size)
                    throw new DamagedException(_plan.Name.ToString(), at, at + size, "it was cut while being repaired");
                _file.Write(buffer.AsSpan(0, size), at);
                at += size;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }

        End = End.Behind(batch);
    }

    /// <summary>Fills a damaged place with batches of lost messages, and a checkpoint where one stood.</summary>
    public void Lose(SegmentDamage damage)
    {
        long lost = damage.ToOffset - damage.FromOffset;
        long room = damage.ToPosition - damage.FromPosition;
        bool isCheckpoint = damage.FromPosition == Checkpoint.Position
            && (lost == 0 || room >= SegmentPieces.RoomMin + BatchHeader.Size);
        if (isCheckpoint)
        {
            long size = lost == 0 ? room : SegmentPieces.RoomMin;
            Write(Empty(damage, BatchKind.Checkpoint, size), lost == 0 ? damage.NextCrc : null);
            room -= size;
        }

        while (room > 0)
        {
            long size = SizeOf(room);
            bool isLast = size == room;
            BatchHeader header = Empty(damage, BatchKind.Lost, size);
            if (isLast) header = WithLoss(header, damage, checked((int)lost));
            Write(header, isLast ? damage.NextCrc : null);
            room -= size;
        }
    }

    /// <summary>
    /// Finishes it and gives it its name, durably. What has the name now is moved aside before.
    /// </summary>
    public SegmentFile Finish()
    {
        SegmentHeader header = _plan with { BornPosition = End.Position, BornOffset = End.Offset };
        byte[] bytes = new byte[SegmentHeader.Size];
        header.Encode(bytes);
        _file.Write(bytes, 0);
        _file.SetLength(End.Position);
        _file.Sync();
        string name = header.Name.ToString();
        Evidence.Keep(_folder, name);
        if (!_folder.TryRenameNoReplace(_temporaryName, name))
            throw new DamagedException(name, 0, 0, "somebody else makes this file");
        _folder.Sync();
        _isFinished = true;
        return SegmentFile.Adopt(_file, header);
    }

    /// <summary>Drops it unless it was finished; then its file is the taker's.</summary>
    public void Dispose()
    {
        if (_isFinished) return;
        _file.Dispose();
        _folder.TryUnlink(_temporaryName);
    }

    /// <summary>Room for one batch; what is left behind it holds another one, or is nothing.</summary>
    private static long SizeOf(long room)
    {
        long size = Math.Min(room, BatchHeader.Size + BatchHeader.BodySizeMax);
        return room - size is > 0 and < BatchHeader.Size ? size - BatchHeader.Size : size;
    }

    private BatchHeader Empty(SegmentDamage damage, BatchKind kind, long size) => new()
    {
        Kind = kind,
        Ordinal = _plan.Ordinal,
        Position = End.Position,
        BaseOffset = End.Offset,
        BodyLength = (int)(size - BatchHeader.Size),
        BodyCrc = Crc32C.Compute(new byte[size - BatchHeader.Size]),
        DurableThrough = End.Offset,
        PreviousCrc = End.Crc,
        Sums = damage.Before,
        TimestampMax = damage.TimestampMax,
    };

    private static BatchHeader WithLoss(in BatchHeader header, SegmentDamage damage, int lost) => header with
    {
        Count = lost,
        Sums = damage.After with { Messages = damage.Before.Messages + lost },
        LostMicroseconds = Math.Max(0, damage.After.Microseconds - damage.Before.Microseconds),
    };

    private void Write(in BatchHeader header, uint? wantedCrc)
    {
        Span<byte> bytes = stackalloc byte[BatchHeader.Size];
        BatchHeader written = wantedCrc is uint crc
            ? header.EncodeAs(bytes, _plan.Secret, crc)
            : header.Encode(bytes, _plan.Secret);
        _file.Write(bytes, written.Position);
        End = End.Behind(written);
    }
}
