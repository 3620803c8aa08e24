namespace Fiq.Storage;

/// <summary>
/// For some batches of a segment, where they stand: at least one entry per 64 KiB. Finding a message means going to
/// the entry before it and walking on from there. Always rebuildable from the log.
/// </summary>
internal sealed class SparseIndex
{
    private const long SpacingBytes = 64 * 1024;

    private readonly List<Entry> _entries = [];

    /// <summary>A batch: its first offset and its place.</summary>
    public readonly record struct Entry(long Offset, long Position);

    public IReadOnlyList<Entry> Entries => _entries;

    /// <summary>Learns of a batch; those before the last entry, or close behind it, are passed over.</summary>
    public void Learn(in BatchHeader header)
    {
        if (header.Kind != BatchKind.Data) return;
        if (_entries.Count > 0 && header.Position < _entries[^1].Position + SpacingBytes) return;
        _entries.Add(new Entry(header.BaseOffset, header.Position));
    }

    /// <summary>Takes an entry as read from a footer; they come in order.</summary>
    public void Add(Entry entry) => _entries.Add(entry);

    /// <summary>The last known batch at or before an offset; null when none is.</summary>
    public Entry? Find(long offset)
    {
        int low = 0;
        int high = _entries.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (_entries[middle].Offset <= offset) low = middle + 1;
            else high = middle;
        }

        return low == 0 ? null : _entries[low - 1];
    }
}
