using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Makes several stores into the table one: they are first written down in the redo area, then declared valid, then
/// done, then cleared. Whoever takes the group's lock next does a valid record over again, so a process killed
/// between any two stores leaves a table from wholly before or wholly after. Readers without the lock see the
/// table's version odd while it changes.
/// </summary>
internal static class RedoRecord
{
    // "valid" in the upper half, the number of pairs in the lower.
    private const ulong Valid = 0x5641_4C44_0000_0000;

    /// <summary>Does the stores. Needs the group's lock.</summary>
    public static void Run(ISharedMemory memory, IReadOnlyList<(int At, ulong Value)> stores)
    {
        if (stores.Count == 0)
            return;
        if (stores.Count > TableLayout.RedoPairsMax)
            throw new InvalidOperationException($"{stores.Count} stores are too many for one redo record");
        for (var i = 0; i < stores.Count; i++)
        {
            memory.Store64(PairAt(i), (ulong)stores[i].At);
            memory.Store64(PairAt(i) + 8, stores[i].Value);
        }

        memory.Store64(TableLayout.RedoAt + 8, Checksum(memory, stores.Count));
        memory.Store64(TableLayout.RedoAt, Valid | (uint)stores.Count);
        Apply(memory, stores.Count);
    }

    /// <summary>
    /// Does a record over again that its writer did not finish; false when there is one that can't be trusted.
    /// Needs the group's lock.
    /// </summary>
    public static bool TryReplay(ISharedMemory memory)
    {
        var state = memory.Load64(TableLayout.RedoAt);
        if (state == 0)
            return true;
        var count = (uint)state;
        if ((state ^ count) != Valid || count > TableLayout.RedoPairsMax)
            return false;
        if (memory.Load64(TableLayout.RedoAt + 8) != Checksum(memory, (int)count))
            return false;
        Apply(memory, (int)count);
        return true;
    }

    private static void Apply(ISharedMemory memory, int count)
    {
        var changes = memory.Load64(TableLayout.ChangesAt) | 1;
        memory.Store64(TableLayout.ChangesAt, changes);
        memory.Fence();
        for (var i = 0; i < count; i++)
            memory.Store64((int)memory.Load64(PairAt(i)), memory.Load64(PairAt(i) + 8));
        memory.Store64(TableLayout.ChangesAt, changes + 1);
        memory.Store64(TableLayout.RedoAt, 0);
    }

    private static ulong Checksum(ISharedMemory memory, int count)
    {
        var bytes = new byte[count * 16];
        memory.Read(TableLayout.RedoPairsAt, bytes);
        return Crc32C.Compute((ulong)count, bytes);
    }

    private static int PairAt(int pair) => TableLayout.RedoPairsAt + (pair * 16);
}
