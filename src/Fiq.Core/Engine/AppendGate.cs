using System.Globalization;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Keeps a queue within its limits. It is asked under the append lock, where nobody else can append, and what groups
/// settle meanwhile only makes room: so a look at them holds until the messages that it found room for are used up,
/// however many processes use them. What a look can't know (a new group, a seek, new settings) counts after a second.
/// </summary>
internal sealed class AppendGate : IAdmission
{
    /// <summary>A new segment begins with a header, a checkpoint, and not more.</summary>
    private const int SegmentBeginBytes = 512;

    /// <summary>A look at the disk is believed for an eighth of the room that it found.</summary>
    private const int RoomShare = 8;

    private static readonly TimeSpan LookAtGroupsAfter = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LookAtDiskAfter = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan MakeRoomAfter = TimeSpan.FromMilliseconds(100);

    private readonly QueueFolder _folder;
    private readonly QueueLog _log;
    private readonly TimeProvider _time;
    private readonly UnsettledCount _unsettled;
    private readonly KeptSegments _kept;
    private readonly RetentionRule _rule;
    private readonly Trimmer _trimmer;

    private long _messagesThrough;
    private long _messagesMax;
    private long _groupsSeenAt;
    private long _ageSeenAt;
    private bool _ageHeld;
    private long _bytesThrough;
    private long _diskSeenAt;
    private bool _needsRoom;
    private long _madeRoomAt;

    public AppendGate(QueueFolder folder, QueueLog log, TimeProvider time)
    {
        (_folder, _log, _time) = (folder, log, time);
        _unsettled = new UnsettledCount(folder);
        _kept = log.OpenKept();
        _rule = new RetentionRule(folder, log);
        _trimmer = new Trimmer(folder, log, time);
    }

    private QueueLimits Limits => _folder.Settings.Limits;

    public void Require(in LogMark tail, int count, long bytes, long room)
    {
        _folder.Settings.Refresh();
        _needsRoom = false;
        RequireMessages(tail, count);
        RequireBytes(tail, bytes);
        RequireFree(tail, bytes, NeedsNext(tail, bytes) ? 0 : room);
    }

    /// <summary>
    /// Called, without any lock, when it was refused for want of room on the disk or in the queue: what is settled may
    /// lie in segments that nobody has deleted yet, or in the last one, which can only go when another follows. Whether
    /// there is more room.
    /// </summary>
    public bool TryMakeRoom()
    {
        bool isWorthIt = _needsRoom
            && Limits.Keep?.Kind is RetentionKind.Settled or RetentionKind.Size
            && (_madeRoomAt == 0 || _time.GetElapsedTime(_madeRoomAt) >= MakeRoomAfter);
        if (!isWorthIt) return false;
        _madeRoomAt = _time.GetTimestamp();
        if (_trimmer.Now() > 0) return true;
        long floor = _folder.SmallestDurableFloor() ?? 0;
        long large = _folder.Log.SegmentBytesNow;
        return _log.TryEndSegment(tail => floor >= tail.Offset || tail.Position > large) && _trimmer.Now() > 0;
    }

    /// <summary>Called when a segment was filled.</summary>
    public void AfterRoll() => _trimmer.Idle();

    private void RequireMessages(in LogMark tail, int count)
    {
        if (Limits.MessagesMax is not (> 0 and long max)) return;
        if (count > max)
            throw TooLarge(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{count:N0} messages are to be stored together, and at most {max:N0} may be in the queue"),
                "maxMessages");
        bool isKnown = max == _messagesMax && _groupsSeenAt != 0
            && _time.GetElapsedTime(_groupsSeenAt) < LookAtGroupsAfter;
        if (isKnown && tail.Offset + count <= _messagesThrough) return;
        long unsettled = _unsettled.Below(tail.Offset, _log.FirstOffset, max);
        (_messagesMax, _groupsSeenAt) = (max, _time.GetTimestamp());
        _messagesThrough = tail.Offset + max - unsettled;
        if (tail.Offset + count > _messagesThrough)
            throw Full(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"{unsettled:N0} messages are not settled, and at most {max:N0} may be"),
                "maxMessages", "It goes on when some are settled.");
    }

    private void RequireBytes(in LogMark tail, long bytes)
    {
        long max = BytesMax();
        if (max == long.MaxValue && Limits.Lagging != LaggingPolicy.Refuse) return;
        if (max != long.MaxValue && _kept.BytesBefore(tail) + BytesFrom(tail, bytes) > max)
        {
            string limit = Limits.BytesMax == max ? "maxBytes" : "keep";
            long alone = EmptyBytes(tail) + bytes;
            if (alone > max)
                throw TooLarge($"it takes {alone} bytes on disk, of at most {max} of the whole queue", limit);
            _needsRoom = true;
            throw Full(
                $"it has {ByteSize.Show(_kept.BytesBefore(tail) + tail.Position)} on disk, of at most "
                    + ByteSize.Show(max),
                limit, "It goes on when every group has settled the oldest.");
        }

        if (IsOverAgeHeld())
            throw Full(
                "a group has not settled what is too old to be kept", "keep", "It goes on when that is settled.");
    }

    /// <summary>
    /// What the tail segment and its successor, if there has to be one, take with the room that they set aside.
    /// </summary>
    private long BytesFrom(in LogMark tail, long bytes)
    {
        long segment = _folder.Log.SegmentBytesNow;
        return NeedsNext(tail, bytes)
            ? KeptSegments.Sealed(tail.Position) + Math.Max(SegmentBeginBytes + bytes, segment)
            : Math.Max(tail.Position + bytes, segment);
    }

    /// <summary>What the queue has on disk when everything else is gone: the beginning of one segment.</summary>
    private long EmptyBytes(in LogMark tail) =>
        Checkpoint.Position + BatchHeader.Size + _log.Producers.TableWithAppendLock(tail).Size;

    private bool NeedsNext(in LogMark tail, long bytes) =>
        tail.Offset > tail.SegmentBase && tail.Position + bytes > _folder.Log.SegmentBytesNow;

    /// <summary>A group that lags may hold a segment more than the size to be kept before it stops producers.</summary>
    private long BytesMax()
    {
        QueueLimits limits = Limits;
        long max = limits.BytesMax is > 0 and long stated ? stated : long.MaxValue;
        return limits is { Lagging: LaggingPolicy.Refuse, Keep: { Kind: RetentionKind.Size } keep }
            ? Math.Min(max, keep.Value + keep.Value / LiveSettings.SegmentsMin)
            : max;
    }

    private bool IsOverAgeHeld()
    {
        if (Limits is not { Lagging: LaggingPolicy.Refuse, Keep.Kind: RetentionKind.Age }) return false;
        if (_ageSeenAt != 0 && _time.GetElapsedTime(_ageSeenAt) < LookAtGroupsAfter) return _ageHeld;
        _ageHeld = _rule.IsOverAgeHeld();
        _ageSeenAt = _time.GetTimestamp();
        return _ageHeld;
    }

    /// <summary>What all processes append to this queue is counted; what others write is seen a moment later.</summary>
    private void RequireFree(in LogMark tail, long bytes, long room)
    {
        long floor = _folder.Log.Bounds.FreeBytes;
        if (floor <= 0) return;
        long written = tail.Sums.Bytes + bytes;
        bool isKnown = _diskSeenAt != 0 && _time.GetElapsedTime(_diskSeenAt) < LookAtDiskAfter;
        if (isKnown && written <= _bytesThrough) return;
        long free = _folder.Directory.FreeBytes();
        if (free - Math.Max(0, bytes - room) < floor)
        {
            _diskSeenAt = 0;
            _needsRoom = true;
            throw new FiqException(
                ErrorCode.DiskFull,
                $"only {ByteSize.Show(free)} are free on the disk of queue \"{_folder.Name}\", and "
                    + $"{ByteSize.Show(floor)} stay free (minFreeBytes)",
                "Free some room. What is stored can be consumed, which makes room, too.")
            {
                Queue = _folder.Name.ToString(),
            };
        }

        _diskSeenAt = _time.GetTimestamp();
        _bytesThrough = tail.Sums.Bytes + (free - floor) / RoomShare;
    }

    /// <summary>Nothing that anybody settles makes enough room: waiting would never end.</summary>
    private FiqException TooLarge(string why, string limit) => new(
        ErrorCode.MessageTooLarge,
        $"too large for queue \"{_folder.Name}\", even when it is empty: {why} ({limit})",
        $"fiq queue set {_folder.Name} {LimitNames.Option(limit)} changes it.")
    {
        Queue = _folder.Name.ToString(),
    };

    private FiqException Full(string why, string limit, string when) => new(
        ErrorCode.QueueFull,
        $"queue \"{_folder.Name}\" is full: {why} ({limit})",
        $"{when} fiq queue set {_folder.Name} {LimitNames.Option(limit)} changes it.")
    {
        Queue = _folder.Name.ToString(),
    };
}
