namespace Fiq.Groups;

/// <summary>
/// Whose an entry is: a slot's in one incarnation, or nobody's in one of several ways.
/// <code>
/// Unexamined ──► Blocked ──► Returned ◄──► a slot's ──► settled
///      └───────────────────────┘   ▲         │   │
///                                  └ Waiting ◄   └► Revoked ──► Returned
/// </code>
/// </summary>
internal readonly record struct EntryOwner(ulong Word)
{
    /// <summary>In no use.</summary>
    public static readonly EntryOwner Free = new(ulong.MaxValue);

    /// <summary>To be taken again: the table's ready map says so, too.</summary>
    public static readonly EntryOwner Returned = new(ulong.MaxValue - 1);

    /// <summary>Taken from its owner; its attempts are still to be counted.</summary>
    public static readonly EntryOwner Revoked = new(ulong.MaxValue - 2);

    /// <summary>Not to be taken before its time: it is delayed, or failed and waits for its next attempt.</summary>
    public static readonly EntryOwner Waiting = new(ulong.MaxValue - 3);

    /// <summary>In an ordered group: an earlier message of its key is not settled.</summary>
    public static readonly EntryOwner Blocked = new(ulong.MaxValue - 4);

    /// <summary>In an ordered group: nobody has looked at its keys since the table was built.</summary>
    public static readonly EntryOwner Unexamined = new(ulong.MaxValue - 5);

    public static EntryOwner Of(int slot, uint incarnation) => new(((ulong)incarnation << 32) | (uint)slot);

    /// <summary>The slot it belongs to; null when nobody has it.</summary>
    public int? Slot => (uint)Word < TableLayout.SlotCount ? (int)(uint)Word : null;
}
