using System.Numerics;

namespace Fiq.Groups;

/// <summary>Messages that nobody has looked at: what to read next before an ordered group may hand them out.</summary>
/// <param name="Entry">The entry that holds them; -1 for those at the cursor.</param>
/// <param name="Start">The offset of bit 0.</param>
/// <param name="Mask">Which of the 64 offsets from there.</param>
internal readonly record struct UnexaminedPiece(int Entry, long Start, ulong Mask);

/// <summary>What was seen of a message.</summary>
/// <param name="Offset">Which.</param>
/// <param name="KeyHash">The hash of its key; 0 when it has none.</param>
/// <param name="Priority">0 to 9.</param>
internal readonly record struct ExaminedMessage(long Offset, ulong KeyHash, int Priority);

/// <summary>
/// Lets messages into an ordered group, in order of their offsets: reading them happens without a lock, so whoever
/// comes back with what he read is heard only if nobody else was faster.
/// </summary>
internal sealed class Examination(LeaseTable table, GroupClock clock)
{
    private readonly KeyOrder _keys = new(table);

    /// <summary>What is to be looked at next, at most so many messages and never more than the table has room for.
    /// </summary>
    public List<UnexaminedPiece> Next(int countMax, long readable)
    {
        var pieces = new List<UnexaminedPiece>();
        var room = Math.Min(countMax, table.EntriesLeft - LeaseTable.EntriesKeptForSplits);
        if (room <= 0 || !table.CanGrow)
            return pieces;
        if (table[TableWord.Unexamined] != 0)
        {
            var left = EntryScan.Used(table)
                .Where(item => item.Entry.Owner == EntryOwner.Unexamined)
                .OrderBy(item => item.Entry.Start);
            foreach (var (index, entry) in left.TakeWhile(item => (room -= item.Entry.Count) >= 0 || pieces.Count == 0))
                pieces.Add(new UnexaminedPiece(index, entry.Start, entry.Pending));
            return pieces;
        }

        for (var at = table.Cursor; at < readable && room > 0; at += 64, room -= 64)
            pieces.Add(new UnexaminedPiece(-1, at, Bits.Low((int)Math.Min(64, Math.Min(room, readable - at)))));
        return pieces;
    }

    /// <summary>
    /// Lets them in. False, and nothing changed beyond the pieces before, when a piece is not the next one any more.
    /// </summary>
    /// <param name="pieces">What <see cref="Next"/> has named.</param>
    /// <param name="seen">What was read of each of their messages, ascending.</param>
    public bool TryAdmit(IReadOnlyList<UnexaminedPiece> pieces, IReadOnlyList<ExaminedMessage> seen)
    {
        var at = 0;
        foreach (var piece in pieces)
        {
            if (!IsNext(piece))
                return false;
            for (var rest = piece.Mask; rest != 0;)
            {
                var mask = NextRun(piece, rest, seen, ref at);
                Admit(piece, mask, seen[at - 1]);
                rest &= ~mask;
                table.CommitWhenFull();
            }
        }

        table.Commit();
        return true;
    }

    private bool IsNext(in UnexaminedPiece piece)
    {
        if (piece.Entry < 0)
            return table.Cursor == piece.Start && table[TableWord.Unexamined] == 0;
        if (piece.Entry >= table.HighWater)
            return false;
        var entry = table.Entry(piece.Entry);
        return entry.Owner == EntryOwner.Unexamined && entry.Start == piece.Start && entry.Pending == piece.Mask;
    }

    /// <summary>
    /// The next message of a piece, with those right behind it that go the same way: what waits behind one key costs
    /// one step for up to 64. Goes on behind them in what was seen.
    /// </summary>
    private static ulong NextRun(
        in UnexaminedPiece piece, ulong rest, IReadOnlyList<ExaminedMessage> seen, ref int at)
    {
        var first = seen[at];
        var run = 0UL;
        for (; rest != 0; rest &= rest - 1, at++)
        {
            var message = seen[at];
            var offset = piece.Start + BitOperations.TrailingZeroCount(rest);
            if (message.Offset != offset)
                throw new InvalidOperationException($"offset {offset} was to be examined, not {message.Offset}");
            if (run != 0 && (piece.Entry >= 0 || message.KeyHash == 0 || message != first with { Offset = offset }))
                break;
            run |= rest & (~rest + 1);
        }

        return run;
    }

    /// <summary>
    /// One step: they leave what nobody has looked at, and are in the group's order. Several have one key, and come
    /// from the cursor.
    /// </summary>
    private void Admit(in UnexaminedPiece piece, ulong mask, in ExaminedMessage seen)
    {
        var start = piece.Start + BitOperations.TrailingZeroCount(mask);
        var pending = mask >> BitOperations.TrailingZeroCount(mask);
        var entry = new LeaseEntry(start, pending, 0, EntryOwner.Returned, 0, 0);
        if (piece.Entry < 0)
            table.Add(TableWord.Cursor, Bits.Count(mask));
        else
            entry = TakeOut(piece.Entry, start);
        entry = entry with { KeyHash = seen.KeyHash, Priority = seen.Priority };
        if (seen.KeyHash != 0)
            _keys.Add(entry);
        else
            table.Put(table.TakeEntry(), entry);
    }

    private LeaseEntry TakeOut(int from, long offset)
    {
        var whole = table.Entry(from);
        var bit = 1UL << (int)(offset - whole.Start);
        if (whole.Pending == bit)
            table.FreeEntry(from);
        else
            table.Put(from, whole with { Pending = whole.Pending & ~bit });
        return whole with
        {
            Start = offset,
            Pending = 1,
            Next = 0,
            Owner = whole.Due > clock.Now ? EntryOwner.Waiting : EntryOwner.Returned,
        };
    }
}
