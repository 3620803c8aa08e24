namespace Fiq.Simulation.Mutants;

/// <summary>The bugs that the rig must catch: each has destroyed messages somewhere, or could here.</summary>
internal static class KnownMutants
{
    private const string LetterFirst = """
                if (dead.Length > 0) refusal = await TryPutAsync(dead).ConfigureAwait(false);
                var settled = new SettledOffset[settlements.Count];
                for (int i = 0; i < settled.Length; i++) settled[i] = Of(settlements[i], refusal);
                bool[] accepted = new bool[settled.Length];
                group.Settle(settled, accepted);

        """;

    private const string SettlementFirst = """
                var settled = new SettledOffset[settlements.Count];
                for (int i = 0; i < settled.Length; i++) settled[i] = Of(settlements[i], refusal);
                bool[] accepted = new bool[settled.Length];
                group.Settle(settled, accepted);
                if (dead.Length > 0) refusal = await TryPutAsync(dead).ConfigureAwait(false);

        """;

    /// <summary>The library as it is, built and run like the others: what is wrong with the rig shows here.</summary>
    public static Mutant None { get; } = new(
        "none", "Storage/Syncer.cs", "internal sealed class Syncer(", "internal sealed class Syncer(",
        "append", "failed syncs", "stops");

    public static IReadOnlyList<Mutant> All { get; } =
    [
        new("skip the sync", "Storage/Syncer.cs",
            "            tailSegment.Segment.File.SyncData();\n", "",
            "append"),
        new("skip the sync of the folder", "Storage/Roller.cs",
            "            context.Folder.Sync();\n", "",
            "roll"),
        new("skip the sync of a new segment", "Storage/SegmentBirth.cs",
            "        _file.Sync();\n", "",
            "roll", "visits"),
        new("acknowledge before the sync", "Storage/DurabilityWait.cs",
            "watermark.Offset >= end.Offset ? true : null", "true",
            "append"),
        new("advance the offset file early", "Groups/FlushPlan.cs",
            "            table.Floor(),\n            table.Cursor,\n"
                + "            (long)table[TableWord.SettledMessages],",
            "            table.Cursor,\n            table.Cursor,\n            table.Cursor,",
            "consume", "groups"),
        new("skip the sync of the offset file", "Groups/OffsetFileWriter.cs",
            "            open.Write(records.Bytes, end.Position);\n            open.SyncData();\n",
            "            open.Write(records.Bytes, end.Position);\n",
            "consume", "groups"),
        new("retry a failed sync", "Storage/Syncer.cs",
            "            page.Failed = tail.Epoch;\n"
                + "            page.Note(ProtocolEvent.SyncFailed, tail.Epoch, tail.Offset);\n"
                + "            return LeadResult.MustRoll;\n",
            "            tailSegment.Segment.File.SyncData();\n",
            "failed syncs"),
        new("two writers without the lock", "Files/KernelLock.cs",
            "if (!_file.TryLock(_at, exclusive: true)) return false;", "_file.TryLock(_at, exclusive: true);",
            "crowd"),
        new("delete a segment before the offset is synced", "Engine/QueueFolder.cs",
            "GroupReader.ReadDurableFloor(group, GroupOf(name))",
            "GroupReader.Read(group, GroupOf(name), long.MaxValue).Floor",
            "groups"),
        new("a refused batch stays in the file", "Storage/Committer.cs",
            "            if (written <= tail.Position) return true;\n", "            if (written > 0) return true;\n",
            "full disk"),
        new("append where another process died", "Storage/DurabilityWait.cs",
            "return stated >= end.Offset;", "return true;",
            "failed syncs", "kills", "failing disk"),
        new("leave behind what no proof covers", "Storage/Roller.cs",
            "all: reason == EndReason.Recovered", "all: false",
            "append", "visits"),
        new("cut off at damage in the middle", "Storage/Recovery.cs",
            "if (end.Position < segment.Header.BornPosition || end.Offset < proof) throw Damaged(segment, end, proof);",
            "proof = Math.Min(proof, end.Offset);",
            "append", "visits"),
        new("trust the page cache", "Storage/Recovery.cs",
            "if (IsClean(segment, accepted)) return", "return",
            "heirs", "heirs of a failing disk"),
        new("no fencing", "Groups/Settle.cs",
            "table.Entry(index).Serial == token.Serial ? index : null",
            "table.Entry(index).Owner.Slot is null ? null : index",
            "slow hands"),
        new("take over from the living", "Groups/Members.cs",
            "(IsDead(slot) || (Holds(slot) && Hangs(slot)))", "(IsDead(slot) || Holds(slot))",
            "groups"),
        new("show what is not durable", "Storage/QueueLog.cs",
            "public LogMark Watermark => _page.Watermark();", "public LogMark Watermark => _page.Tail();",
            "consume", "crowd", "groups"),
        new("anybody may lead", "Storage/TailSegment.cs",
            "_seenAtOpen.Epoch == Epoch && watermark.Epoch == Epoch && watermark.Offset >= _seenAtOpen.Offset",
            "watermark.Epoch == Epoch",
            "bad weather"),
        new("settle before the letter", "Engine/Settler.cs",
            LetterFirst, SettlementFirst,
            "dead letters"),
        new("a failure does not count", "Groups/SettledParts.cs",
            "part.Tried(interrupted: false)", "part",
            "failures", "ordered"),
        new("order is forgotten", "Groups/KeyOrder.cs",
            "if (FindActive(messages.KeyHash) is null)", "if (messages.Pending != 0)",
            "ordered"),
        new("due at once", "Groups/SettledParts.cs",
            "clock.After(item.Delay)", "clock.Now",
            "failures", "ordered"),
        new("a delay is forgotten", "Engine/Sieve.cs",
            "message.NotBeforeMicroseconds > nowMicroseconds", "message.NotBeforeMicroseconds < 0",
            "failures", "ordered"),
        new("attempts die with the table", "Groups/TableRebuild.cs",
            "group.UnwrittenNotes(file, clock)", "[]",
            "failures in many lives"),
        new("a dead member's change stays half done", "Groups/GroupDoor.cs",
            "if (!RedoRecord.TryReplay(Memory))", "if (false)",
            "kills"),
    ];
}
