using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// A mark in a shared page that has one writer at a time and any number of readers, and that a writer killed between
/// two stores leaves whole: two checksummed copies and a counting selector. The writer fills the copy that nobody
/// reads, then turns the selector with one store; a reader copies and looks at the selector again.
/// </summary>
internal sealed class SharedMark
{
    private const int CopyStride = 128;
    private const int TriesMax = 1000;

    private readonly ISharedMemory _page;
    private readonly int _selectorAt;
    private readonly int _copiesAt;

    /// <param name="page">The shared page.</param>
    /// <param name="selectorAt">Where the 8-byte selector is.</param>
    /// <param name="copiesAt">Where the two copies begin, 128 bytes each.</param>
    public SharedMark(ISharedMemory page, int selectorAt, int copiesAt)
    {
        _page = page;
        _selectorAt = selectorAt;
        _copiesAt = copiesAt;
    }

    /// <summary>Stores a new value. Only under the lock that owns this mark.</summary>
    public void Store(in LogMark mark)
    {
        Span<byte> bytes = stackalloc byte[LogMark.Size];
        mark.Encode(bytes);
        ulong selector = _page.Load64(_selectorAt) + 1;
        _page.Write(CopyAt(selector), bytes);
        _page.Store64(_selectorAt, selector);
        // No store that follows may be seen before this one.
        _page.Fence();
    }

    /// <summary>Reads the value; null when no copy is valid.</summary>
    public LogMark? TryLoad()
    {
        Span<byte> bytes = stackalloc byte[LogMark.Size];
        for (int attempt = 0; attempt < TriesMax; attempt++)
        {
            ulong selector = _page.Load64(_selectorAt);
            _page.Read(CopyAt(selector), bytes);
            bool whole = LogMark.TryDecode(bytes, out LogMark mark);
            _page.Fence();
            if (_page.Load64(_selectorAt) != selector) continue;
            // A chosen copy that is broken while nobody writes is damage. The other copy is older: to believe it would
            // move the tail, or what is known to be durable, backwards.
            return whole ? mark : null;
        }

        return null;
    }

    private int CopyAt(ulong selector) => _copiesAt + (int)(selector & 1) * CopyStride;
}
