namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// Invariant I9: after a sync of a file has failed, or was cut short by its process's death, the file is never synced
/// again, because the kernel may have dropped what was written and would now report success; and nothing is written to
/// it any more, but zeros over what was written in vain, and what lies behind the end that its successor states.
/// Another process may be in the middle of an append while the sync fails: nobody told it yet.
/// </summary>
internal sealed class FailedSyncLaw : ITraceLaw
{
    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        foreach (var file in story.Files.Where(file => !file.IsDirectory))
        {
            if (file.Syncs.Find(sync => !sync.Succeeded) is not { } failed)
            {
                continue;
            }

            var name = file.Entries[^1].Name;
            if (file.Syncs.Exists(failed.IsBefore))
            {
                yield return $"{name} was synced again after a failed sync";
            }

            foreach (var write in file.Writes.Where(failed.IsBefore))
            {
                if (!MayWrite(story, file, failed, write))
                {
                    yield return $"{name} was written to at {write.Position} after a failed sync";
                }
            }
        }
    }

    private static bool MayWrite(TraceStory story, FileStory file, Synced failed, Written write)
    {
        if (!write.Bytes.Span.ContainsAnyExcept((byte)0))
        {
            return true;
        }

        var contents = new SegmentContents(story);
        contents.AdvanceTo(write.When.Start);
        return contents.StatedEnd(file.Inode, write.When.Start) is { } end
            ? write.Position >= end
            : write.Process != failed.Process;
    }
}
