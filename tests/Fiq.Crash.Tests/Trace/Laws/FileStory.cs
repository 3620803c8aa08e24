using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>A name that a file or directory had, from the call that gave it until the one that took it.</summary>
internal sealed record Entry(int Directory, string Name, Interval Given)
{
    /// <summary>When it went; never, if it stayed.</summary>
    public Interval Taken { get; set; } = new(Interval.Never, Interval.Never);

    /// <summary>Whether it may have stood at that moment.</summary>
    public bool StoodAt(long moment) => Given.Start <= moment && moment < Taken.Start;
}

/// <summary>What happened to one file or directory.</summary>
internal sealed class FileStory(int inode, bool isDirectory)
{
    public int Inode { get; } = inode;

    public bool IsDirectory { get; } = isDirectory;

    /// <summary>Its names, in order.</summary>
    public List<Entry> Entries { get; } = [];

    /// <summary>What changed its bytes or its length.</summary>
    public List<StoreCall> Changes { get; } = [];

    public IEnumerable<Written> Writes => Changes.OfType<Written>();

    public List<Synced> Syncs { get; } = [];

    /// <summary>It was mapped for writing, so that it may have changed unseen.</summary>
    public bool IsMapped { get; set; }

    /// <summary>The name at that moment; null before the first and after the last.</summary>
    public Entry? EntryAt(long moment) => Entries.LastOrDefault(entry => entry.StoodAt(moment));

    /// <summary>
    /// Whether something that happened to it was on disk before that moment: a sync that began afterwards has
    /// succeeded, and none had failed meanwhile, for then the kernel may have dropped it and called it clean.
    /// </summary>
    public bool IsDurable(Interval happened, long before) => Syncs.Any(sync =>
        sync.Succeeded && happened.IsBefore(sync.When) && sync.When.End <= before
        && !Syncs.Any(failed => failed.HasFailed
            && failed.When.End >= happened.Start && failed.When.Start <= sync.When.End));

    /// <summary>The first change until that moment that was not on disk then; null when all were.</summary>
    public StoreCall? FindLooseChange(long moment) =>
        Changes.FirstOrDefault(change => change.When.Start <= moment && !IsDurable(change.When, moment));
}
