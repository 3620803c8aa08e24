using Fiq.Files;

namespace Fiq.Groups.Inspection;

/// <summary>
/// Writes a new offset file in the place of a damaged one, from what can be proven: messages come again rather than
/// vanish. A higher generation makes every lease table of before void.
/// </summary>
internal static class OffsetFileRepair
{
    /// <summary>Does it; the damaged file is moved aside. Nobody is a member.</summary>
    /// <param name="groupFolder">The group.</param>
    /// <param name="context">Its queue.</param>
    /// <param name="salvage">What its file still said.</param>
    /// <param name="first">The first message kept, and the declared work below it.</param>
    public static void Run(IDirectory groupFolder, GroupContext context, OffsetFileSalvage salvage, GroupStart first)
    {
        Evidence.Keep(groupFolder, OffsetFileWriter.Name);
        RecoveredGroup group = StateOf(salvage, first);
        using var writer = new OffsetFileWriter(
            groupFolder, new OffsetFileHeader(context.QueueId, salvage.Generation + 1, context.NameHash));
        writer.Replace(salvage.Sequence + 2, group.Sums, group.Settled());
    }

    /// <summary>Where the group goes on.</summary>
    public static RecoveredGroup StateOf(OffsetFileSalvage salvage, GroupStart first)
    {
        if (salvage.State is not OffsetFileContent state)
            return new RecoveredGroup(first.Offset, [], first.SettledMicroseconds, new OffsetSet());
        // What is not kept any more was settled, whatever an older state says.
        return new RecoveredGroup(
            Math.Max(state.Sums.Cursor, first.Offset),
            [.. state.UnsettledFrom(first.Offset).Select(run => new RecoveredEntry(run.Start, run.Mask, 0))],
            Math.Max(state.Sums.SettledMicroseconds, first.SettledMicroseconds),
            new OffsetSet());
    }
}
