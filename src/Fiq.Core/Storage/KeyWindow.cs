namespace Fiq.Storage;

/// <summary>
/// The keys of the last messages of a queue whose keys are unique, as one process knows them: their hashes with their
/// offsets, followed along the log whenever something is to be appended. A hit is confirmed by reading the key.
/// Segments inside the window are kept, so the log alone says which keys there are, whoever dies. Append lock; only
/// reading the log, it changes nothing.
/// </summary>
internal sealed class KeyWindow(LogContext context, UniqueKeyWindow size) : IDisposable
{
    private const long ReadBytesMax = 1024 * 1024;

    // In order of their offsets; those below the first index have left the window.
    private readonly List<Entry> _entries = [];
    private readonly Dictionary<ulong, long> _offsets = [];

    // Different keys of one hash: hardly ever, but somebody may make them on purpose.
    private readonly Dictionary<ulong, List<long>> _others = [];
    private LogReader? _reader;
    private LogReader? _hits;
    private LogMark _tail;
    private int _first;
    private long _next;
    private long _timeMax;

    private readonly record struct Entry(ulong Hash, long Offset, long Time);

    /// <summary>The window of a queue; null when its keys need not be unique.</summary>
    public static KeyWindow? TryOpen(LogContext context) =>
        context.UniqueKeys is UniqueKeyWindow size ? new KeyWindow(context, size) : null;

    /// <summary>
    /// The first offset in the window: what lies below it is not needed for keys to be unique.
    /// </summary>
    public static long BeginOf(LogContext context, long firstOffset, in LogMark end)
    {
        if (context.UniqueKeys is not UniqueKeyWindow size) return long.MaxValue;
        if (size.Messages > 0) return Math.Max(firstOffset, end.Offset - size.Messages);
        // A clock that was set back makes the window longer, never shorter.
        long now = Math.Max(context.UtcMicroseconds, end.TimestampMax);
        return LogLookup.FirstSince(context, firstOffset, now - size.Microseconds, end);
    }

    /// <summary>Learns of every message before the tail.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueFull"/>: there are too many in the window.</exception>
    public void FollowTo(in LogMark tail)
    {
        if (_reader is null || tail.Epoch != _tail.Epoch) Reopen(tail);
        _tail = tail;
        var messages = new List<StoredMessage>();
        while (_next < tail.Offset)
        {
            messages.Clear();
            _next = _reader!.Read(_next, tail.Offset, tail.Epoch, messages, ReadBytesMax);
            foreach (StoredMessage stored in messages) Learn(stored);
            Forget(tail);
            if (_entries.Count - _first > UniqueKeyWindow.MessagesMax) throw TooMany();
        }

        Forget(tail);
    }

    /// <summary>Where a message with this key is, in the window; null when there is none.</summary>
    public long? Find(MessageKey key)
    {
        if (!_offsets.TryGetValue(key.Hash, out long offset)) return null;
        if (HasKey(offset, key)) return offset;
        foreach (long other in _others.GetValueOrDefault(key.Hash) ?? [])
            if (HasKey(other, key)) return other;
        return null;
    }

    public void Dispose()
    {
        _reader?.Dispose();
        _hits?.Dispose();
    }

    /// <summary>
    /// In another epoch what was not durable may be gone, and others may stand in its place.
    /// </summary>
    private void Reopen(in LogMark tail)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        if (_reader is null) _next = BeginOf(context, names[0].BaseOffset, tail);
        else ForgetFrom(names.Find(name => name.Ordinal == _tail.Epoch + 1).BaseOffset);
        _next = Math.Max(_next, names[0].BaseOffset);
        Dispose();
        _reader = new LogReader(context);
        _hits = new LogReader(context);
    }

    /// <summary>
    /// Forgets what lay behind the end that the segment was given, or all, when nobody knows that end.
    /// </summary>
    private void ForgetFrom(long offset)
    {
        while (_entries.Count > _first && _entries[^1].Offset >= offset)
        {
            Remove(_entries[^1]);
            _entries.RemoveAt(_entries.Count - 1);
        }

        _next = Math.Min(_next, offset);
        _timeMax = _entries.Count > _first ? _entries[^1].Time : 0;
    }

    private void Learn(in StoredMessage stored)
    {
        _timeMax = Math.Max(_timeMax, stored.Message.TimestampMicroseconds);
        MessageKey key = stored.Message.Key;
        // One that was sent back to its group is there for a second time, with reason.
        if (key.IsEmpty || stored.Message.ForGroup is not null) return;
        _entries.Add(new Entry(key.Hash, stored.Offset, _timeMax));
        if (_offsets.TryAdd(key.Hash, stored.Offset)) return;
        if (!_others.TryGetValue(key.Hash, out List<long>? others)) _others.Add(key.Hash, others = []);
        others.Add(stored.Offset);
    }

    private void Forget(in LogMark tail)
    {
        long now = Math.Max(context.UtcMicroseconds, tail.TimestampMax);
        while (_first < _entries.Count && IsPast(_entries[_first], tail.Offset, now)) Remove(_entries[_first++]);
        if (_first <= _entries.Count / 2) return;
        _entries.RemoveRange(0, _first);
        _first = 0;
    }

    private bool IsPast(in Entry entry, long end, long now) => size.Messages > 0
        ? entry.Offset < end - size.Messages
        : entry.Time < now - size.Microseconds;

    private void Remove(in Entry entry)
    {
        if (!_others.TryGetValue(entry.Hash, out List<long>? others))
        {
            _offsets.Remove(entry.Hash);
            return;
        }

        if (_offsets[entry.Hash] == entry.Offset)
        {
            _offsets[entry.Hash] = others[0];
            others.RemoveAt(0);
        }
        else
        {
            others.Remove(entry.Offset);
        }

        if (others.Count == 0) _others.Remove(entry.Hash);
    }

    private bool HasKey(long offset, MessageKey key)
    {
        var found = new List<StoredMessage>(1);
        _hits!.Read(offset, _tail.Offset, _tail.Epoch, found, bytesMax: 1);
        return found.Count == 1 && found[0].Offset == offset && found[0].Message.Key == key;
    }

    private static FiqException TooMany() => new(
        ErrorCode.QueueFull,
        $"more than {UniqueKeyWindow.MessagesMax} messages are in the window in which keys are unique",
        "Wait until older ones have left it, or create the queue with a shorter window.");
}
