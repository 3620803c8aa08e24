using Fiq.Groups;

namespace Fiq.Tests.Groups;

/// <summary>Checks everything that must hold in a lease table whenever nobody is changing it.</summary>
internal static class TableAudit
{
    /// <summary>Looks at the table in use, through a descriptor of its own.</summary>
    public static void Check(GroupRig rig)
    {
        using var file = rig.Folder.TryOpenFile(TableLayout.Name, writable: true)!;
        using var memory = file.Map(TableLayout.Length, writable: true);
        using var door = new GroupDoor(file, memory, "audit", rig.Time, TimeSpan.FromSeconds(5));
        using var inside = door.Enter();
        Check(inside.Table);
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
        CheckSlots(table, used);
        CheckFreeList(table, entries);
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
        for (var at = (int)table[TableWord.FreeHead]; at != 0; at = (int)entries[at - 1].NextFree)
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
