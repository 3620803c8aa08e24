using Fiq.Engine;
using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Doctor;

/// <summary>Reads a queue's control page and asks for its locks. Attaches nothing, changes nothing.</summary>
public static class QueueCheckup
{
    /// <summary>Tells a queue's story.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.QueueNotFound"/>, or its files can't be read.</exception>
    public static QueueStory Run(string store, QueueName queue) => Run(store, queue, new FolderOptions());

    internal static QueueStory Run(string store, QueueName queue, FolderOptions options)
    {
        try
        {
            using IDirectory? stores = StoreFolder.TryOpen(options.Files, store, allowUnsafeFileSystem: true, out _);
            using QueueFolder? folder = stores is null ? null : QueueFolder.TryOpen(stores, queue, options);
            if (folder is null)
                throw new FiqException(ErrorCode.QueueNotFound, $"no queue \"{queue}\" in {store}")
                {
                    Queue = queue.ToString(),
                };
            return Run(folder);
        }
        catch (FileSystemException error)
        {
            throw error.ToFiqException();
        }
    }

    /// <summary>What is wrong with a queue, by its story; empty when nothing is.</summary>
    public static IReadOnlyList<Finding> Judge(QueueStory story)
    {
        var findings = new List<Finding>();
        bool isAttached = story.Locks.Any(each => each.IsHeld && each.Name == NameOf(ControlLock.Members));
        if (!story.PageIsValid && isAttached)
            findings.Add(Finding.Failed(
                "queue-page", "processes are attached, and the control page is not valid",
                "End all processes of the queue; the next one rebuilds the page from what is on disk."));
        if (story.StuckReason is { } reason)
            findings.Add(Finding.Failed(
                "queue-tail", reason, "Nothing is lost, and consumers go on. Make room, or see to the disk: "
                    + "each append tries again, and appending resumes by itself."));
        if (story.Events.Any(each => each.Name == "damage-found"))
            findings.Add(Finding.Warned(
                "queue-damage", "damage was found in what is stored", $"Run fiq verify {story.Name}."));
        return findings;
    }

    private static QueueStory Run(QueueFolder folder)
    {
        using IFile control = ControlFile.Open(folder.Directory, writable: false);
        using var page = new ControlPage(control.Map(ControlLayout.Size, writable: false));
        bool valid = page.Belongs(folder.Log.QueueId, null, out uint layout);
        bool ofThisBoot = valid && page.Belongs(folder.Log.QueueId, folder.Log.BootId, out _);
        LogMark? tail = valid ? page.TryTail() : null;
        LogMark? watermark = valid ? page.TryWatermark() : null;
        return new QueueStory
        {
            Name = folder.Name,
            PageIsValid = valid,
            PageIsOfThisBoot = ofThisBoot,
            PageLayout = layout,
            Locks = [.. Enum.GetValues<ControlLock>().Select(which => Tell(which, control, page, valid))],
            TailOffset = tail?.Offset,
            TailSegment = tail?.Epoch,
            Watermark = watermark?.Offset,
            StuckReason = ofThisBoot ? WhyStuck(page, tail, watermark) : null,
            Events = valid ? [.. page.Events().Select(each => EventWords.Tell(each))] : [],
        };
    }

    private static LockStory Tell(ControlLock which, IFile control, ControlPage page, bool valid) => new(
        NameOf(which),
        control.IsLockedByOther(ControlLayout.LocksAt + (int)which),
        valid ? page.Holder(which) : 0);

    private static string NameOf(ControlLock which) => which.ToString().ToLowerInvariant();

    private static string? WhyStuck(ControlPage page, LogMark? tail, LogMark? watermark)
    {
        if (tail is not { } end || watermark is null) return "the control page has lost its tail or its watermark";
        if (page.Deleted) return "the queue is being deleted";
        return page.Failed == end.Epoch
            ? FormattableString.Invariant($"segment {end.Epoch} failed, and its successor could not be made yet")
            : null;
    }
}
