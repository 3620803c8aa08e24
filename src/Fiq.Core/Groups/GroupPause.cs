using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// Whether a group is paused: a file without content, whose name says all. So it takes no room that a full disk does
/// not have, and no version of a lease table has to know of it.
/// </summary>
internal static class GroupPause
{
    public const string Name = "paused";

    public static bool IsSet(IDirectory groupFolder) => groupFolder.TryStatus(Name) is not null;

    /// <summary>Pauses or resumes it, durably; false when it was so already.</summary>
    public static bool TrySet(IDirectory groupFolder, bool paused)
    {
        var was = IsSet(groupFolder);
        if (paused && !was)
            groupFolder.CreateFile(Name).Dispose();
        if (!paused)
            groupFolder.TryUnlink(Name);
        // Also when it was so: whoever did it may not have come to this.
        groupFolder.Sync();
        return was != paused;
    }
}
