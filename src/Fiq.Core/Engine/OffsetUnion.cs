namespace Fiq.Engine;

/// <summary>Counts how many offsets lie in at least one of some ranges.</summary>
internal sealed class OffsetUnion
{
    private readonly List<(long From, long To)> _ranges = [];

    public void Add(long from, long to)
    {
        if (from < to) _ranges.Add((from, to));
    }

    public long Count()
    {
        _ranges.Sort();
        long count = 0;
        long reached = 0;
        foreach ((long from, long to) in _ranges)
        {
            if (to <= reached) continue;
            count += to - Math.Max(from, reached);
            reached = to;
        }

        return count;
    }
}
