using Fiq.Files;

namespace Fiq.Engine.Inspection;

/// <summary>What lies in a group's folder that a person should know of.</summary>
internal static class GroupNotes
{
    public static List<string> Of(IDirectory group)
    {
        var notes = new List<string>();
        foreach (string entry in group.List().Order(StringComparer.Ordinal))
        {
            string name = Printable.Escape(entry);
            if (Evidence.IsOne(entry))
                notes.Add($"{name} is what a repair moved aside");
            else if (group.TryStatus(entry) is { Kind: EntryKind.File, LinkCount: > 1 } status)
                notes.Add($"{name} has {status.LinkCount - 1} more name: a change there is one here");
        }

        return notes;
    }
}
