using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>Checks everything that must hold in a lease table whenever nobody is changing it.</summary>
internal static class TableAudit
{
    /// <summary>Looks at the table in use, through a descriptor of its own.</summary>
    public static void Check(GroupRig rig) => Look(rig, table =>
    {
        Check(table);
        return 0;
    });

    /// <summary>How many entries stand for something.</summary>
    public static long EntriesUsed(GroupRig rig) => Look(rig, table => (long)table[TableWord.EntriesUsed]);

    private static long Look(GroupRig rig, Func<LeaseTable, long> look)
    {
        using var file = rig.Folder.TryOpenFile(TableLayout.Name, writable: true)!;
        using var memory = file.Map(TableLayout.Length, writable: true);
        using var door = new GroupDoor(file, memory, "audit", rig.Time, TimeSpan.FromSeconds(5));
        using var inside = door.Enter();
        return look(inside.Table);
    }

    public static void Check(LeaseTable table)
    {
        var entries = Enumerable.Range(0, table.HighWater).Select(table.Entry).ToArray();
        var used = entries.Where(entry => entry.Owner != EntryOwner.Free).ToArray();
        used.All(entry => entry.Pending != 0).Should().BeTrue();
        used.Should().HaveCount((int)table[TableWord.EntriesUsed]);
        var offsets = used.SelectMany(OffsetsOf).ToArray();
        offsets.Distinct().Count().Should().Be(offsets.Length, "no offset is in two hands");
        offsets.All(offset => offset >= 0 && offset < table.Cursor).Should().BeTrue();
        table.Pending.Should().Be(offsets.Length);
        table.IsWhole().Should().BeTrue();
        CountOf(used, EntryOwner.Returned).Should().Be((long)table[TableWord.Returned]);
        CountOf(used, EntryOwner.Revoked).Should().Be((long)table[TableWord.Revoked]);
        CountOf(used, EntryOwner.Blocked).Should().Be((long)table[TableWord.Blocked]);
        CountOf(used, EntryOwner.Unexamined).Should().Be((long)table[TableWord.Unexamined]);
        CountOf([.. used.Where(entry => entry.IsDelayed)], EntryOwner.Waiting)
            .Should().Be((long)table[TableWord.Delayed]);
        CountOf([.. used.Where(entry => !entry.IsDelayed)], EntryOwner.Waiting)
            .Should().Be((long)table[TableWord.Retrying]);
        CheckWaiting(table, used);
        CheckReadyMap(table, entries);
        CheckKeys(table, entries);
        CheckSlots(table, used);
        CheckFreeList(table, entries);
    }

    private static void CheckWaiting(LeaseTable table, LeaseEntry[] used)
    {
        var waiting = used.Where(entry => entry.Owner == EntryOwner.Waiting).ToArray();
        if (waiting.Length > 0)
            ((long)table[TableWord.NextDue]).Should().BePositive().And.BeLessThanOrEqualTo(waiting.Min(e => e.Due));
    }

    private static void CheckReadyMap(LeaseTable table, LeaseEntry[] entries)
    {
        var wrong = Enumerable.Range(0, TableLayout.EntryCount).Where(i =>
            (table.Transaction.Load(TableLayout.ReadyWordAt(i)) >> (i % 64) & 1) == 1
            != (i < entries.Length && entries[i].Owner == EntryOwner.Returned));
        wrong.Should().BeEmpty("the ready map shows what is returned");
    }

    /// <summary>Every message with a key is in its bucket: active ones first, one for each key; others by offset.
    /// </summary>
    private static void CheckKeys(LeaseTable table, LeaseEntry[] entries)
    {
        var chained = new HashSet<int>();
        for (var bucket = 0; bucket < TableLayout.BucketCount; bucket++)
        {
            var word = table.Transaction.Load(TableLayout.BucketsAt + (bucket * 8));
            if (word == 0)
                continue;
            var chain = new List<LeaseEntry>();
            var last = 0;
            for (var at = (int)(uint)word; at != 0; at = (int)entries[at - 1].Next)
            {
                if (!chained.Add(last = at))
                    throw new InvalidOperationException($"entry {at} is in two chains");
                chain.Add(entries[at - 1]);
            }

            last.Should().Be((int)(word >> 32));
            chain.All(entry => entry.KeyHash % TableLayout.BucketCount == (ulong)bucket).Should().BeTrue();
            var active = chain.TakeWhile(entry => entry.Owner != EntryOwner.Blocked).ToArray();
            active.All(entry => Bits.Count(entry.Pending) == 1).Should().BeTrue();
            active.Select(entry => entry.KeyHash).Should().OnlyHaveUniqueItems();
            chain.Skip(active.Length).All(entry => entry.Owner == EntryOwner.Blocked).Should().BeTrue();
            foreach (var key in chain.Skip(active.Length).GroupBy(entry => entry.KeyHash))
            {
                key.Zip(key.Skip(1)).All(pair => pair.First.Lowest < pair.Second.Lowest).Should().BeTrue();
                active.Should().Contain(entry => entry.KeyHash == key.Key && entry.Start < key.First().Lowest);
            }
        }

        chained.Should().HaveCount(entries.Count(entry => entry.Owner != EntryOwner.Free && entry.KeyHash != 0));
    }

    private static void CheckSlots(LeaseTable table, LeaseEntry[] used)
    {
        used.All(entry => entry.Owner.Slot is not null || entry.Serial == 0).Should().BeTrue("nobody's is fenced");
        var owned = used.Where(entry => entry.Owner.Slot is not null).ToLookup(entry => entry.Owner.Slot!.Value);
        for (var i = 0; i < TableLayout.SlotCount; i++)
        {
            var slot = table.Slot(i);
            if (slot.Leased == 0 && !owned.Contains(i))
                continue;
            owned[i].Sum(entry => Bits.Count(entry.Pending)).Should().Be((int)slot.Leased);
            owned[i].All(entry => entry.Owner == EntryOwner.Of(i, slot.Incarnation)).Should().BeTrue();
            slot.Taken.Should().BeTrue();
        }
    }

    private static void CheckFreeList(LeaseTable table, LeaseEntry[] entries)
    {
        var free = new HashSet<int>();
        for (var at = (int)table[TableWord.FreeHead]; at != 0; at = (int)entries[at - 1].Next)
        {
            entries[at - 1].Owner.Should().Be(EntryOwner.Free);
            free.Add(at - 1).Should().BeTrue("the free list has no loop");
        }

        free.Count.Should().Be(entries.Count(entry => entry.Owner == EntryOwner.Free));
    }

    private static long CountOf(LeaseEntry[] used, EntryOwner owner) =>
        used.Where(entry => entry.Owner == owner).Sum(entry => (long)Bits.Count(entry.Pending));

    private static IEnumerable<long> OffsetsOf(LeaseEntry entry) =>
        Enumerable.Range(0, 64).Where(i => (entry.Pending >> i & 1) == 1).Select(i => entry.Start + i);
}
