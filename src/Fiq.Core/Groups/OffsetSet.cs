using System.Numerics;

namespace Fiq.Groups;

/// <summary>
/// A set of offsets, kept in chunks of 65,536 bits. Full chunks share one array, so that a long settled stretch
/// above one stuck message costs next to nothing. Not safe for use by two threads.
/// </summary>
internal sealed class OffsetSet
{
    /// <summary>Offsets of one chunk: fixed by the offset file's format.</summary>
    public const int ChunkOffsets = 65_536;

    private const int ChunkWords = ChunkOffsets / 64;
    private static readonly ulong[] Full = FullChunk();
    private readonly SortedDictionary<long, ulong[]> _chunks = [];

    /// <summary>Its chunks in ascending order: number and bits. Not to be changed by the caller.</summary>
    public IEnumerable<KeyValuePair<long, ulong[]>> Chunks => _chunks;

    public bool IsEmpty => _chunks.Count == 0;

    public static bool IsFull(ulong[] words) =>
        ReferenceEquals(words, Full) || words.AsSpan().IndexOfAnyExcept(ulong.MaxValue) < 0;

    /// <summary>Adds a whole chunk.</summary>
    public void AddFullChunk(long chunk) => _chunks[chunk] = Full;

    /// <summary>Adds <paramref name="start"/> + i for each bit i.</summary>
    public void AddMask(long start, ulong mask)
    {
        var shift = (int)(start & 63);
        Change(start >> 6, mask << shift, add: true);
        Change((start >> 6) + 1, shift == 0 ? 0 : mask >> (64 - shift), add: true);
    }

    /// <summary>Takes out <paramref name="start"/> + i for each bit i.</summary>
    public void RemoveMask(long start, ulong mask)
    {
        var shift = (int)(start & 63);
        Change(start >> 6, mask << shift, add: false);
        Change((start >> 6) + 1, shift == 0 ? 0 : mask >> (64 - shift), add: false);
    }

    /// <summary>Adds all offsets of a run.</summary>
    public void AddRun(OffsetRun run)
    {
        var at = run.From;
        while (at < run.To)
        {
            if (at % ChunkOffsets == 0 && run.To - at >= ChunkOffsets)
            {
                AddFullChunk(at / ChunkOffsets);
                at += ChunkOffsets;
                continue;
            }

            var count = (int)Math.Min(64 - (at & 63), run.To - at);
            Change(at >> 6, Bits.Low(count) << (int)(at & 63), add: true);
            at += count;
        }
    }

    /// <summary>Bit i tells whether <paramref name="start"/> + i is in the set.</summary>
    public ulong MaskAt(long start)
    {
        var shift = (int)(start & 63);
        var low = Word(start >> 6) >> shift;
        return shift == 0 ? low : low | (Word((start >> 6) + 1) << (64 - shift));
    }

    /// <summary>The first offset from <paramref name="from"/> on that is not in the set.</summary>
    public long NextMissing(long from)
    {
        while (true)
        {
            if (_chunks.TryGetValue(from / ChunkOffsets, out var words) && ReferenceEquals(words, Full))
            {
                from = ((from / ChunkOffsets) + 1) * ChunkOffsets;
                continue;
            }

            var missing = ~(Word(from >> 6) >> (int)(from & 63));
            var distance = BitOperations.TrailingZeroCount(missing);
            if (distance < 64 - (int)(from & 63))
                return from + distance;
            from = ((from >> 6) + 1) << 6;
        }
    }

    /// <summary>The runs below an offset, ascending.</summary>
    public IReadOnlyList<OffsetRun> Below(long offset) =>
    [
        .. Runs()
            .TakeWhile(run => run.From < offset)
            .Select(run => run with { To = Math.Min(run.To, offset) }),
    ];

    /// <summary>The maximal runs of its offsets, ascending.</summary>
    public IEnumerable<OffsetRun> Runs()
    {
        OffsetRun? open = null;
        foreach (var (chunk, words) in _chunks)
        {
            foreach (var run in RunsOf(words))
            {
                var next = new OffsetRun((chunk * ChunkOffsets) + run.From, (chunk * ChunkOffsets) + run.To);
                if (open is { } last && last.To == next.From)
                {
                    open = last with { To = next.To };
                    continue;
                }

                if (open is { } whole)
                    yield return whole;
                open = next;
            }
        }

        if (open is { } end)
            yield return end;
    }

    /// <summary>The runs inside one chunk, counted from its first offset.</summary>
    public static IEnumerable<OffsetRun> RunsOf(ulong[] words)
    {
        var at = 0;
        while (at < ChunkOffsets)
        {
            var word = words[at >> 6] >> (at & 63);
            if (word == 0)
            {
                at = ((at >> 6) + 1) << 6;
                continue;
            }

            var from = at + BitOperations.TrailingZeroCount(word);
            at = EndOfRun(words, from);
            yield return new OffsetRun(from, at);
        }
    }

    private static int EndOfRun(ulong[] words, int from)
    {
        var at = from;
        while (at < ChunkOffsets)
        {
            var ones = BitOperations.TrailingZeroCount(~(words[at >> 6] >> (at & 63)));
            if (ones < 64 - (at & 63))
                return at + ones;
            at = ((at >> 6) + 1) << 6;
        }

        return ChunkOffsets;
    }

    private static ulong[] FullChunk()
    {
        var words = new ulong[ChunkWords];
        Array.Fill(words, ulong.MaxValue);
        return words;
    }

    private ulong Word(long word) =>
        _chunks.TryGetValue(word / ChunkWords, out var words) ? words[word % ChunkWords] : 0;

    private void Change(long word, ulong bits, bool add)
    {
        if (bits == 0)
            return;
        var chunk = word / ChunkWords;
        if (!_chunks.TryGetValue(chunk, out var words))
        {
            if (!add)
                return;
            _chunks[chunk] = words = new ulong[ChunkWords];
        }
        else if (ReferenceEquals(words, Full))
        {
            if (add)
                return;
            _chunks[chunk] = words = (ulong[])Full.Clone();
        }

        words[word % ChunkWords] = add ? words[word % ChunkWords] | bits : words[word % ChunkWords] & ~bits;
    }
}
