using Fiq.Files;

namespace Fiq.Groups;

/// <summary>Gives a group that nobody has used yet another place to begin at.</summary>
internal static class GroupRestart
{
    /// <summary>
    /// Moves it; false, and nothing changed, when somebody is a member, or when anything was ever taken.
    /// </summary>
    /// <param name="groupFolder">The group.</param>
    /// <param name="context">Its queue.</param>
    /// <param name="start">Where it is to begin.</param>
    /// <param name="wait">How long to wait for the group's lock.</param>
    public static bool TryMove(IDirectory groupFolder, GroupContext context, GroupStart start, TimeSpan wait)
    {
        using var alone = GroupAlone.TryEnter(groupFolder, context, wait);
        if (alone is not { IsUnused: true })
            return false;
        alone.BeginAt(start);
        return true;
    }
}
