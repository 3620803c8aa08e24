using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>What a group ought to be, in plain collections.</summary>
internal sealed class GroupModel
{
    /// <summary>Settled, and accepted as such.</summary>
    public HashSet<long> Settled { get; private set; } = [];

    /// <summary>What was settled when a flush last returned.</summary>
    public HashSet<long> Durable { get; private set; } = [];

    /// <summary>Who holds what, by which token.</summary>
    public Dictionary<long, (ConsumerGroup Member, LeaseToken Token)> Leased { get; } = [];

    /// <summary>Taken, neither settled nor leased, and how many attempts were counted.</summary>
    public SortedDictionary<long, int> Returned { get; } = [];

    /// <summary>Attempts counted for what is leased, and whether its owner started it.</summary>
    public Dictionary<long, (int Before, bool Started)> Attempts { get; } = [];

    /// <summary>Attempts that are on disk, of what was not leased when a table was built.</summary>
    public Dictionary<long, int> Noted { get; } = [];

    public long Cursor { get; private set; }

    public void Claimed(ConsumerGroup member, IReadOnlyList<Lease> leases, int countMax, long readable)
    {
        var expected = Returned.Keys.Take(countMax)
            .Concat(Enumerable.Range(0, countMax).Select(i => Cursor + i).Where(offset => offset < readable))
            .Take(countMax);
        leases.Offsets().Order().Should().Equal(expected);
        foreach (var lease in leases)
        {
            foreach (var offset in lease.Offsets())
            {
                var before = Returned.Remove(offset, out var counted) ? counted : 0;
                lease.AttemptsBefore.Should().Be(before, "offset {0} was tried that often", offset);
                Attempts[offset] = (before, false);
                Leased.Add(offset, (member, lease.Token));
                Cursor = Math.Max(Cursor, offset + 1);
            }
        }
    }

    public void Started(long offset) => Attempts[offset] = (Attempts[offset].Before, true);

    public void Ended(long offset, bool done)
    {
        Leased.Remove(offset).Should().BeTrue();
        if (done)
            Settled.Add(offset).Should().BeTrue("it is settled once");
        else
            Returned.Add(offset, Attempts[offset].Before);
    }

    /// <summary>A member is gone; returns how many messages came back.</summary>
    public int Gone(ConsumerGroup member, bool counted)
    {
        var held = Leased.Where(pair => pair.Value.Member == member).Select(pair => pair.Key).ToArray();
        foreach (var offset in held)
        {
            var (before, started) = Attempts[offset];
            Leased.Remove(offset);
            Returned.Add(offset, counted && started ? before + 1 : before);
        }

        return held.Length;
    }

    public void Flushed() => Durable = [.. Settled];

    /// <summary>The table was built anew, which writes down all attempts that are counted.</summary>
    public void Rebuilt()
    {
        foreach (var (offset, attempts) in Returned)
            Noted[offset] = attempts;
    }

    /// <summary>
    /// The machine went down: what was not flushed may be unsettled, attempts that nobody wrote down are forgotten.
    /// </summary>
    public void PowerCut(GroupStatus status)
    {
        var unsettled = status.Unsettled.SelectMany(run => Range(run.From, run.To)).ToArray();
        var settled = Range(0, status.Cursor).Except(unsettled).ToHashSet();
        settled.IsSubsetOf(Settled).Should().BeTrue("nothing is settled that was not");
        settled.IsSupersetOf(Durable).Should().BeTrue("what was flushed stays");
        Settled = settled;
        Leased.Clear();
        Returned.Clear();
        foreach (var offset in unsettled)
            Returned.Add(offset, Noted.GetValueOrDefault(offset));
        Cursor = status.Cursor;
        Flushed();
    }

    public void Check(GroupStatus status, long readable)
    {
        var unsettled = Returned.Keys.Concat(Leased.Keys).Order().ToArray();
        status.Unsettled.SelectMany(run => Range(run.From, run.To)).Should().Equal(unsettled);
        status.Cursor.Should().Be(Cursor);
        status.Floor.Should().Be(unsettled.Length == 0 ? Cursor : unsettled[0]);
        status.Leased.Should().Be(Leased.Count);
        status.Ready.Should().Be(Returned.Count + readable - Cursor);
        status.SettledMessages.Should().Be(Settled.Count);
        // GroupCalls.End declares an offset's number plus one.
        status.SettledMicroseconds.Should().Be(Settled.Sum(offset => offset + 1));
    }

    private static IEnumerable<long> Range(long from, long to)
    {
        for (var offset = from; offset < to; offset++)
            yield return offset;
    }
}
