using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Scenarios;

namespace Fiq.Simulation.Laws;

/// <summary>What kind of end came before.</summary>
internal enum Ending
{
    /// <summary>All processes died; the page cache and shared pages are as they were.</summary>
    Killed,

    /// <summary>The power failed, or the volume was taken away: what was not synced may be gone.</summary>
    PowerCut,

    /// <summary>
    /// All processes died, and a bit of what was durable has changed: all is intact, or the damage is named.
    /// </summary>
    Rotten,

    /// <summary>The disk has lied: what it promised may be gone. Only lies of ours are found.</summary>
    Lied,
}

/// <summary>
/// Opens what a crash has left as the next process would, and measures it by the ledger: nothing acknowledged is
/// missing, nothing is invented, nothing seen has changed, nothing settled comes back that must not, and all goes on.
/// </summary>
internal sealed class Inspection(Ledger ledger, Ending ending)
{
    private static readonly QueueSettings NewSettings = new() { SegmentBytes = 8_192 };

    /// <summary>Whether groups are drained, and a queue that is not there is made, which takes longer.</summary>
    public bool Drains { get; init; }

    /// <summary>Whether there was no queue, and one was made.</summary>
    public bool BeganAnew { get; private set; }

    /// <summary>
    /// Opens, checks, goes on with the work, dies, and opens again. What is seen and acknowledged on the way is told to
    /// the machine's history: another crash must not undo it.
    /// </summary>
    /// <param name="machine">Boots from what the crash has left.</param>
    /// <param name="name">Of the process that opens it; nobody had it before.</param>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public void Run(SimMachine machine, string name)
    {
        SimProcess process = machine.Start(name);
        using Opened? opened = Opened.TryOpen(process, settings: null) ?? TryBeginAnew(process);
        if (opened is null) return;
        BeganAnew = opened.IsNew;
        LawBrokenException.Unless(!ledger.IsDeleted || opened.IsNew, "I3", $"a deleted queue has come back");
        List<(long Offset, string Body)> messages = opened.ReadAll();
        if (!opened.IsNew)
        {
            CheckMessages(opened, messages);
            foreach (GroupName group in opened.Folder.GroupNames()) CheckGroup(opened, group, messages);
        }

        foreach ((long at, string seen) in messages) machine.History.Tell(new Seen(at, seen));
        string body = $"{name} 0.0";
        machine.History.Tell(new Invoked(name, 0, [body]));
        long offset = opened.Append([body]);
        LawBrokenException.Unless(
            offset == opened.Log.Watermark.Offset - 1, "I14", $"the newcomer's message is at offset {offset}");
        machine.History.Tell(new Acked(name, 0, offset));
        if (Drains)
            foreach (GroupName group in opened.Folder.GroupNames()) new Draining(ledger, ending, opened, group).Run();
        List<(long Offset, string Body)> now = opened.ReadAll();
        process.Kill();
        CheckAgain(machine, name, now);
    }

    /// <summary>The offsets from one up to another, which is not among them.</summary>
    public static IEnumerable<long> Range(long from, long to)
    {
        for (long offset = from; offset < to; offset++) yield return offset;
    }

    private Opened? TryBeginAnew(SimProcess process)
    {
        bool mayBeAbsent = !ledger.IsMade || ledger.MayBeGone || ending == Ending.Lied;
        LawBrokenException.Unless(mayBeAbsent, "I1", $"the queue is gone");
        if (!Drains) return null;
        Opened opened = Opened.TryOpen(process, NewSettings)!;
        LawBrokenException.Unless(opened.Log.Watermark.Offset == 0, "I14", $"a new queue is not empty");
        return opened;
    }

    private static void CheckAgain(SimMachine machine, string name, List<(long Offset, string Body)> messages)
    {
        using Opened? again = Opened.TryOpen(machine.Start($"{name} again"), settings: null);
        LawBrokenException.Unless(again is not null, "I11", $"the queue is gone after a second opening");
        LawBrokenException.Unless(
            again!.ReadAll().SequenceEqual(messages), "I11", $"a second opening shows something else");
    }

    private void CheckMessages(Opened opened, List<(long Offset, string Body)> messages)
    {
        long first = opened.Log.FirstOffset;
        long end = opened.Log.Watermark.Offset;
        LawBrokenException.Unless(
            messages.Count == end - first, "I1", $"of {first}..{end - 1} {messages.Count} are there");
        for (int i = 0; i < messages.Count; i++)
            LawBrokenException.Unless(messages[i].Offset == first + i, "I12", $"offset {first + i} is missing");
        if (ending == Ending.Lied) CheckNothingChanged(first, end, messages);
        else CheckPromises(first, end, messages);
        CheckNothingInvented(messages);
    }

    /// <summary>A disk that lied may have lost it; it is never something else.</summary>
    private void CheckNothingChanged(long first, long end, List<(long Offset, string Body)> messages)
    {
        foreach ((long offset, string body) in ledger.Acknowledged.Concat(ledger.Seen))
        {
            if (offset < first || offset >= end) continue;
            string found = messages[(int)(offset - first)].Body;
            LawBrokenException.Unless(
                found == body, "I3", $"offset {offset} was {Ledger.Short(body)} and is {Ledger.Short(found)}");
        }
    }

    private void CheckPromises(long first, long end, List<(long Offset, string Body)> messages)
    {
        foreach ((long offset, string body) in ledger.Acknowledged.Concat(ledger.Seen))
        {
            if (offset < first)
            {
                foreach ((string name, GroupLedger group) in ledger.Groups)
                    LawBrokenException.Unless(
                        offset < group.Start || group.Tried.Contains(offset), "I1",
                        $"offset {offset} was deleted, and {name} never had it");
                continue;
            }

            string? found = offset < end ? messages[(int)(offset - first)].Body : null;
            LawBrokenException.Unless(
                found == body, "I1", $"offset {offset} was {Ledger.Short(body)} and is {Ledger.Short(found)}");
        }
    }

    private void CheckNothingInvented(List<(long Offset, string Body)> messages)
    {
        var last = new Dictionary<string, (int Commit, int Index)>();
        foreach ((long offset, string body) in messages)
        {
            Send? send = ledger.SendOf(body);
            LawBrokenException.Unless(
                send is not null && send.State != SendState.Refused, "I2",
                $"offset {offset} holds {Ledger.Short(body)}, which nobody stored");
            int index = send!.Bodies.ToList().IndexOf(body);
            (int Commit, int Index) place = (send.Commit, index);
            bool isFirst = !last.TryGetValue(send.Producer, out (int Commit, int Index) before);
            bool follows = isFirst || place.CompareTo(before) > 0;
            LawBrokenException.Unless(
                follows, "I4", $"{Ledger.Short(body)} stands behind a later one, or is there twice");
            bool isWhole = index == 0 || isFirst || before == (send.Commit, index - 1);
            LawBrokenException.Unless(isWhole, "I2", $"the commit of {Ledger.Short(body)} is there in part");
            last[send.Producer] = place;
        }

        if (messages.Count > 0 && ledger.SendOf(messages[^1].Body) is Send lastSend)
            LawBrokenException.Unless(
                lastSend.Bodies[^1] == messages[^1].Body, "I2", $"the last commit is there in part");
    }

    private void CheckGroup(Opened opened, GroupName name, List<(long Offset, string Body)> messages)
    {
        if (!ledger.Groups.TryGetValue(name.ToString(), out GroupLedger? group)) return;
        using IDirectory? directory = opened.Folder.TryOpenGroup(name);
        GroupStatus status = GroupReader.Read(directory!, opened.Folder.Group, opened.Log.Watermark.Offset);
        HashSet<long> settled = [.. Range(group.Start, status.Cursor)];
        foreach (OffsetRun run in status.Unsettled) settled.ExceptWith(Range(run.From, run.To));
        LawBrokenException.Unless(
            settled.IsSubsetOf(group.Tried), "I6", $"{name} has settled what nobody finished");
        LawBrokenException.Unless(
            status.Ready >= 0 && status.Leased == 0 && status.SettledMessages == settled.Count + group.Start, "I5",
            $"{name} says {status.Ready} ready and {status.Leased} taken, and {status.SettledMessages} settled");
        if (ending == Ending.Lied) return;
        // Where the last record of a file has rotten, the table of this boot knows it.
        if (ending < Ending.Rotten)
        {
            CheckLetters(opened, name, settled.Where(group.IsGivenUpOnly), messages);
            foreach (Failure failure in group.Attempts.Synced.Where(each => !settled.Contains(each.Offset)))
                CheckNote(opened, name, failure);
        }

        LawBrokenException.Unless(
            group.Synced.IsSubsetOf(settled), "I6", $"{name} has lost settlements that were durable");
        LawBrokenException.Unless(
            ending != Ending.Killed || group.Accepted.IsSubsetOf(settled), "I6",
            $"{name} has lost settlements that no power cut took");
        LawBrokenException.Unless(
            status.Cursor <= opened.Log.FirstOffset + messages.Count, "I6", $"{name} stands behind the log's end");
    }

    /// <summary>Whatever was given up lies among the dead when it is settled.</summary>
    private static void CheckLetters(
        Opened opened, GroupName name, IEnumerable<long> givenUp, List<(long Offset, string Body)> messages)
    {
        long[] offsets = [.. givenUp];
        if (offsets.Length == 0) return;
        using var letters = new FolderDeadLetters(opened.AttachDead());
        Dictionary<long, string> there = letters.ReadOnce().Where(each => each.Group == name)
            .ToDictionary(each => each.Offset, each => Opened.TextOf(each.Message));
        foreach (long offset in offsets)
            LawBrokenException.Unless(
                there.ContainsKey(offset), "I8", $"offset {offset} of {name} was given up and is not among the dead");
        foreach ((long offset, string body) in messages)
            LawBrokenException.Unless(
                there.GetValueOrDefault(offset, body) == body, "I8", $"the letter of offset {offset} is another one's");
    }

    private static void CheckNote(Opened opened, GroupName name, Failure failure)
    {
        using IDirectory directory = opened.Folder.TryOpenGroup(name)!;
        RetryNote? note = GroupReader.ReadRetry(directory, opened.Folder.GroupOf(name), failure.Offset);
        LawBrokenException.Unless(
            note?.Attempts >= failure.Attempt, "I5",
            $"offset {failure.Offset} of {name} failed {failure.Attempt} times, and {note?.Attempts ?? 0} are noted");
    }
}
