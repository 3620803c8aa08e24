using Fiq.Files;

namespace Fiq.Groups;

/// <summary>What a member asks and marks of its own lease without the group's lock, from any thread.</summary>
/// <param name="memory">The lease table.</param>
/// <param name="random">Of that table.</param>
/// <param name="token">Of the lease.</param>
internal readonly struct HeldLease(ISharedMemory memory, ulong random, LeaseToken token)
{
    private int Entry => (int)(token.Serial & 0xFFFF);

    private long Start => (long)memory.Load64(TableLayout.EntryAt(Entry));

    private ulong Serial => memory.Load64(TableLayout.EntryAt(Entry) + 16);

    /// <summary>Marks a message as started, which counts as an attempt if we die. False: the lease was lost.</summary>
    public bool TryStart(long offset)
    {
        if (!Holds(offset))
            return false;
        memory.Or64(TableLayout.StartedMaskAt(Entry), BitOf(offset));
        // Whoever revokes takes the serial first and reads the mark then: if the serial is still ours, the mark
        // counts. If not, a stray mark may cost its new owner one attempt should that one die, too.
        return Serial == token.Serial;
    }

    /// <summary>Takes that mark away: what is done and not yet settled costs no attempt if we die.</summary>
    public void Finish(long offset)
    {
        // Should the lease be lost between the two, its new owner may be forgiven one attempt.
        if (Holds(offset))
            memory.And64(TableLayout.StartedMaskAt(Entry), ~BitOf(offset));
    }

    /// <summary>Whether we still have the right to settle this message.</summary>
    public bool Holds(long offset)
    {
        if (token.Table != random || token.Serial == 0 || Serial != token.Serial)
            return false;
        var distance = offset - Start;
        var pending = memory.Load64(TableLayout.PendingAt(Entry));
        return Serial == token.Serial && distance is >= 0 and < 64 && (pending & (1UL << (int)distance)) != 0;
    }

    private ulong BitOf(long offset) => 1UL << (int)(offset - Start);
}
