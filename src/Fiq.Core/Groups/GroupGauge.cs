using Fiq.Files;

namespace Fiq.Groups;

/// <summary>How much a group has settled, for those who only have to know that: no lock, and few reads.</summary>
internal static class GroupGauge
{
    // A change of the table takes microseconds.
    private const int TriesMax = 100;

    /// <summary>The number of settled offsets, counted from 0, as of now.</summary>
    public static long SettledMessages(IDirectory groupFolder, GroupContext context)
    {
        using var file = groupFolder.TryOpenFile(TableLayout.Name, writable: false);
        var isLive = file is not null && file.Length == TableLayout.Length
            && file.IsLockedByOther(TableLayout.PresenceLock);
        return (isLive ? TryReadLive(file!, context) : null)
            ?? GroupReader.Read(groupFolder, context, readable: 0).SettledMessages;
    }

    /// <summary>One word of a table in use; null when there is no calm moment, or the table is being built.</summary>
    private static long? TryReadLive(IFile file, GroupContext context)
    {
        using var memory = file.Map(TableLayout.Length, writable: false);
        var spin = default(SpinWait);
        for (var i = 0; i < TriesMax; i++)
        {
            var before = memory.Load64(TableLayout.ChangesAt);
            if (TableIdentity.TryRead(memory) is not { } identity
                || identity.QueueId != context.QueueId
                || identity.BootId != context.BootId)
            {
                return null;
            }

            var settled = (long)memory.Load64(TableLayout.StateWordAt(TableWord.SettledMessages));
            memory.Fence();
            if (before % 2 == 0 && memory.Load64(TableLayout.ChangesAt) == before)
                return settled;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return null;
    }
}
