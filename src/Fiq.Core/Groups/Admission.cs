namespace Fiq.Groups;

/// <summary>
/// What is told of messages before they are taken: the keys of those that come next, and which are urgent. Each member
/// takes the group's lock.
/// </summary>
internal sealed class Admission(GroupDoor door, GroupClock clock)
{
    /// <summary>
    /// In an ordered group: what must be looked at next before more can be taken; see <see cref="TryAdmit"/>.
    /// </summary>
    public IReadOnlyList<UnexaminedPiece> Unexamined(int countMax, long readable)
    {
        using var inside = door.Enter();
        return new Examination(inside.Table, clock).Next(countMax, readable);
    }

    /// <summary>Lets messages in, in order of their offsets; false when another member was faster.</summary>
    public bool TryAdmit(IReadOnlyList<UnexaminedPiece> pieces, IReadOnlyList<ExaminedMessage> seen)
    {
        using var inside = door.Enter();
        return new Examination(inside.Table, clock).TryAdmit(pieces, seen);
    }

    /// <summary>
    /// Notes urgent messages, ascending, so that claims find them before their turn; returns how many of them, from
    /// the first on, the table knows now.
    /// </summary>
    public int Note(IReadOnlyList<UrgentMessage> urgent)
    {
        using var inside = door.Enter();
        return new Lookahead(inside.Table).Note(urgent);
    }
}
