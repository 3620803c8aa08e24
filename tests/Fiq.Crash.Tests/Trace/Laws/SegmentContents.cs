namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>The bytes of all segments as they become with time, and the messages in them.</summary>
internal sealed class SegmentContents(TraceStory story)
{
    private readonly Queue<StoreCall> _changes = new(
        from file in story.Files
        where file.Entries.Any(entry => TruthName.Segment(entry.Name) is not null)
        from change in file.Changes
        orderby change.When.End
        select change);

    private readonly Dictionary<int, byte[]> _bytes = [];
    private readonly Dictionary<int, List<StoredRecord>> _records = [];

    /// <summary>Follows every change that had ended by then; moments only grow.</summary>
    public void AdvanceTo(long moment)
    {
        while (_changes.TryPeek(out var change) && change.When.End <= moment)
        {
            _changes.Dequeue();
            Follow(change);
        }
    }

    /// <summary>Every place where a message with that offset stands.</summary>
    public IEnumerable<(int Inode, StoredRecord Record)> Find(long offset)
    {
        foreach (var (inode, bytes) in _bytes)
        {
            if (!_records.TryGetValue(inode, out var records))
            {
                _records[inode] = records = [.. SegmentBytes.Records(bytes)];
            }

            foreach (var record in records.Where(record => record.Offset == offset))
            {
                yield return (inode, record);
            }
        }
    }

    /// <summary>Where a segment ends, as its successor says; null while there is none.</summary>
    public long? StatedEnd(int inode, long moment)
    {
        var entry = story[inode].EntryAt(moment);
        var ordinal = entry is null ? null : TruthName.Segment(entry.Name)?.Ordinal;
        return story.SegmentsIn(entry?.Directory ?? StoreNames.Root, moment)
            .Where(other => other.Ordinal == ordinal + 1)
            .Select(other => SegmentBytes.StatedEnd(_bytes[other.File.Inode]))
            .Where(end => end?.Ordinal == ordinal)
            .Select(end => end?.Position)
            .FirstOrDefault();
    }

    private void Follow(StoreCall change)
    {
        switch (change)
        {
            case Written written:
                var bytes = Grown(written.Inode, written.EndPosition);
                written.Bytes.CopyTo(bytes.AsMemory((int)written.Position));
                _records.Remove(written.Inode);
                break;
            case Resized resized:
                _bytes[resized.Inode] = Grown(resized.Inode, resized.Length)[..(int)resized.Length];
                _records.Remove(resized.Inode);
                break;
        }
    }

    private byte[] Grown(int inode, long length)
    {
        var bytes = _bytes.GetValueOrDefault(inode) ?? [];
        Array.Resize(ref bytes, (int)Math.Max(bytes.Length, length));
        return _bytes[inode] = bytes;
    }
}
