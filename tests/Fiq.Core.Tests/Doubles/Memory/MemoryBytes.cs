namespace Fiq.Tests.Doubles.Memory;

/// <summary>
/// The bytes of a file in memory, in pages that copies share until one of them is written to: so a disk with files of
/// megabytes is copied in microseconds. Pages that were never written read as zero, as holes do. Stores of one
/// thread are seen by all, as in a mapped page.
/// </summary>
internal sealed class MemoryBytes
{
    public const int PageSize = 4096;

    private readonly Lock _gate = new();
    private byte[]?[] _pages = [];
    private bool[] _owned = [];
    private long _length;

    /// <summary>The size; what lies behind it reads as nothing.</summary>
    public long Length
    {
        get => Volatile.Read(ref _length);
        private set => Volatile.Write(ref _length, value);
    }

    /// <summary>Bytes in pages that were written.</summary>
    public long Allocated => (long)_pages.Count(page => page is not null) * PageSize;

    /// <summary>The same bytes. Nobody may write to the original any more.</summary>
    public MemoryBytes Copy() => new()
    {
        _pages = [.. _pages],
        _owned = new bool[_pages.Length],
        _length = _length,
    };

    /// <summary>Whether two files have the same bytes; pages that they share are not looked at.</summary>
    public bool SameAs(MemoryBytes other)
    {
        if (Length != other.Length) return false;
        for (int i = 0; i < Math.Max(_pages.Length, other._pages.Length); i++)
            if (!ReferenceEquals(PageOf(i), other.PageOf(i)) && !SamePage(PageOf(i), other.PageOf(i))) return false;
        return true;
    }

    public int Read(Span<byte> buffer, long position)
    {
        int count = (int)Math.Clamp(Length - position, 0, buffer.Length);
        for (int done = 0; done < count;)
        {
            (int page, int at) = PlaceOf(position + done);
            int size = Math.Min(count - done, PageSize - at);
            Span<byte> target = buffer.Slice(done, size);
            if (PageOf(page) is byte[] bytes) bytes.AsSpan(at, size).CopyTo(target);
            else target.Clear();
            done += size;
        }

        return count;
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        Extend(position + bytes.Length);
        while (!bytes.IsEmpty)
        {
            (int page, int at) = PlaceOf(position);
            int size = Math.Min(bytes.Length, PageSize - at);
            bool stays = PageOf(page) is null && bytes[..size].IndexOfAnyExcept((byte)0) < 0;
            if (!stays) bytes[..size].CopyTo(Writable(page).AsSpan(at));
            position += size;
            bytes = bytes[size..];
        }
    }

    /// <summary>Makes it at least that long.</summary>
    public void Extend(long length)
    {
        if (length <= Length) return;
        lock (_gate)
        {
            int count = (int)((length + PageSize - 1) / PageSize);
            Array.Resize(ref _owned, Math.Max(_owned.Length, count));
            byte[]?[] pages = _pages;
            Array.Resize(ref pages, Math.Max(pages.Length, count));
            Volatile.Write(ref _pages, pages);
            Length = length;
        }
    }

    public void SetLength(long length)
    {
        Extend(length);
        lock (_gate)
        {
            (int page, int at) = PlaceOf(length);
            if (page < _pages.Length && _pages[page] is not null) Writable(page).AsSpan(at).Clear();
            for (int i = at == 0 ? page : page + 1; i < _pages.Length; i++) Drop(i);
            Length = length;
        }
    }

    /// <summary>The first byte from a position on that may not be zero.</summary>
    public long? FindWritten(long position)
    {
        for (int page = PlaceOf(position).Page; page < _pages.Length; page++)
        {
            long found = Math.Max(position, (long)page * PageSize);
            if (found >= Length) return null;
            if (_pages[page] is not null) return found;
        }

        return null;
    }

    /// <summary>A page to read from; null when it was never written.</summary>
    public byte[]? PageOf(int page)
    {
        byte[]?[] pages = Volatile.Read(ref _pages);
        return page < pages.Length ? Volatile.Read(ref pages[page]) : null;
    }

    /// <summary>A page to write to, which no copy shares.</summary>
    public byte[] Writable(int page)
    {
        if (Volatile.Read(ref _owned[page])) return _pages[page]!;
        lock (_gate)
        {
            if (_owned[page]) return _pages[page]!;
            byte[] own = _pages[page] is byte[] shared ? [.. shared] : new byte[PageSize];
            Volatile.Write(ref _pages[page], own);
            Volatile.Write(ref _owned[page], true);
            return own;
        }
    }

    public static (int Page, int At) PlaceOf(long position) =>
        ((int)(position / PageSize), (int)(position % PageSize));

    private void Drop(int page)
    {
        _pages[page] = null;
        _owned[page] = false;
    }

    private static bool SamePage(byte[]? left, byte[]? right) =>
        (left, right) switch
        {
            (null, byte[] bytes) => bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0,
            (byte[] bytes, null) => bytes.AsSpan().IndexOfAnyExcept((byte)0) < 0,
            (byte[] one, byte[] two) => one.AsSpan().SequenceEqual(two),
            _ => true,
        };
}
