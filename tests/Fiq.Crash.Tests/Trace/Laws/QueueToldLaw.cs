using System.Text.Json;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// That a queue was created is told when its name and all truth in it are on disk; that it was deleted, when it is on
/// disk that its name is gone.
/// </summary>
internal sealed class QueueToldLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        foreach (var told in story.Calls.OfType<Told>())
        {
            if (!told.Text.StartsWith("{\"name\":", StringComparison.Ordinal))
            {
                continue;
            }

            var line = JsonDocument.Parse(told.Text).RootElement;
            var name = line.GetProperty("name").GetString()!;
            if (line.TryGetProperty("created", out var created) && created.GetBoolean()
                && WhyNotThere(story, name, told.When.Start) is { } why)
            {
                yield return $"{name} was told to be created, but {why}";
            }

            if (line.TryGetProperty("deleted", out var deleted) && deleted.GetBoolean()
                && !IsGone(story, name, told.When.Start))
            {
                yield return $"{name} was told to be deleted, but that was not synced";
            }
        }
    }

    private static string? WhyNotThere(TraceStory story, string name, long moment)
    {
        var folder = story.Files.Select(file => (File: file, Entry: file.EntryAt(moment)))
            .Where(found => found.File.IsDirectory && found.Entry?.Name == name)
            .Select(found => found.File)
            .FirstOrDefault();
        var loose = folder is null ? name : story.FindLooseName(folder.Inode, moment);
        return loose is null ? null : $"the name {loose} was not synced";
    }

    private static bool IsGone(TraceStory story, string name, long moment) => story.Files
        .Where(file => file.IsDirectory)
        .SelectMany(file => file.Entries)
        .Where(entry => entry.Name == name && entry.Given.Start <= moment)
        .All(entry => story[entry.Directory].IsDurable(entry.Taken, moment));
}
