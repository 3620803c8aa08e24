using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Who of a group lives: a member is dead when the kernel freed its slot's lock, and hangs when its heartbeat is too
/// old. Asked without the group's lock.
/// </summary>
internal sealed class Members(IFile file, ISharedMemory memory, TimeProvider time, TimeSpan heartbeatLimit)
{
    /// <summary>Our own slot, whose lock our descriptor holds; -1 while we have none.</summary>
    public int Own { get; set; } = -1;

    public static bool IsTaken(ISharedMemory memory, int slot) => (memory.Load64(TableLayout.SlotAt(slot)) & 1) != 0;

    public void Beat() => memory.Store64(TableLayout.HeartbeatAt(Own), (ulong)time.GetTimestamp());

    public bool IsDead(int slot) => slot != Own && !file.IsLockedByOther(TableLayout.SlotLocks + slot);

    /// <summary>Slots of dead members, and of hanging ones that hold leases.</summary>
    public HashSet<int> Silent()
    {
        var silent = new HashSet<int>();
        for (var slot = 0; slot < TableLayout.SlotCount; slot++)
        {
            if (slot != Own && IsTaken(memory, slot) && (IsDead(slot) || (Holds(slot) && Hangs(slot))))
                silent.Add(slot);
        }

        return silent;
    }

    /// <summary>Takes a free slot's lock for life; -1 when all are taken. Needs the group's lock.</summary>
    public int TakeFree()
    {
        for (var slot = 0; slot < TableLayout.SlotCount; slot++)
        {
            if (!IsTaken(memory, slot) && file.TryLock(TableLayout.SlotLocks + slot, exclusive: true))
                return slot;
        }

        return -1;
    }

    private bool Holds(int slot) => memory.Load64(TableLayout.SlotAt(slot) + Slot.LeasedWord) != 0;

    private bool Hangs(int slot) =>
        time.GetElapsedTime((long)memory.Load64(TableLayout.HeartbeatAt(slot))) > heartbeatLimit;
}
