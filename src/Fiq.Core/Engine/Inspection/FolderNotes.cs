using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine.Inspection;

/// <summary>What lies in a queue's folder and is no part of the queue, or is shared with something outside.</summary>
internal static class FolderNotes
{
    private static readonly string[] OwnNames = [QueueFile.Name, ControlFile.Name, QueueSurvey.GroupsName];

    public static List<string> Of(IDirectory folder)
    {
        var notes = new List<string>();
        foreach (string entry in folder.List().Order(StringComparer.Ordinal))
        {
            if (folder.TryStatus(entry) is not EntryStatus status) continue;
            bool isSegment = SegmentName.TryParse(entry, out _);
            if (status.Kind == EntryKind.File && status.LinkCount > 1)
                notes.Add($"{Printable.Escape(entry)} has {status.LinkCount - 1} more name: a change there is here");
            if (isSegment && status.Kind == EntryKind.File)
            {
                if (status.Length == 0) notes.Add($"{entry} is empty and means nothing");
            }
            else if (Describe(entry) is string note)
            {
                notes.Add(note);
            }
        }

        return notes;
    }

    private static string? Describe(string entry)
    {
        if (OwnNames.Contains(entry)) return null;
        string name = Printable.Escape(entry);
        if (entry.EndsWith(".torn", StringComparison.Ordinal)) return $"{name} keeps what a crash left behind an end";
        if (Evidence.IsOne(entry))
            return $"{name} is what a repair moved aside";
        return entry.EndsWith(SegmentBirth.TemporarySuffix, StringComparison.Ordinal)
            ? null
            : $"{name} is not ours and was left alone";
    }
}
