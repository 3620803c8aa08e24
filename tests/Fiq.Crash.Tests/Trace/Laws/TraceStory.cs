namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>The calls of a trace, sorted by the files they concern. Nothing in it changes any more.</summary>
internal sealed class TraceStory
{
    private readonly Dictionary<int, FileStory> _files = new()
    {
        [StoreNames.Root] = new FileStory(StoreNames.Root, isDirectory: true),
    };

    private readonly Dictionary<(int Directory, string Name), FileStory> _names = [];

    public TraceStory(IReadOnlyList<StoreCall> calls)
    {
        Calls = calls;
        foreach (var call in calls)
        {
            Take(call);
        }
    }

    /// <summary>In the order in which they began.</summary>
    public IReadOnlyList<StoreCall> Calls { get; }

    public IEnumerable<FileStory> Files => _files.Values;

    public FileStory this[int inode] => _files[inode];

    /// <summary>What lay in a directory at that moment, by name.</summary>
    public IEnumerable<(FileStory File, Entry Entry)> In(int directory, long moment) =>
        from file in Files
        let entry = file.EntryAt(moment)
        where entry?.Directory == directory
        select (file, entry);

    /// <summary>The segments in a directory at that moment.</summary>
    public IEnumerable<(FileStory File, long Ordinal, long BaseOffset)> SegmentsIn(int directory, long moment) =>
        from found in In(directory, moment)
        let name = TruthName.Segment(found.Entry.Name)
        where name is not null
        select (found.File, name.Value.Ordinal, name.Value.BaseOffset);

    /// <summary>The path below the root at that moment; null when something on the way had no name.</summary>
    public string? PathAt(int inode, long moment)
    {
        if (inode == StoreNames.Root)
        {
            return "";
        }

        var entry = this[inode].EntryAt(moment);
        var above = entry is null ? null : PathAt(entry.Directory, moment);
        return above is null ? null : $"{above}/{entry!.Name}";
    }

    /// <summary>
    /// The first part of the path, from the file up to <paramref name="top"/>, whose name was not on disk at that
    /// moment; null when the whole path was.
    /// </summary>
    public string? FindLooseName(int inode, long moment, int top = StoreNames.Root)
    {
        while (inode != top)
        {
            var entry = this[inode].EntryAt(moment);
            if (entry is null || !this[entry.Directory].IsDurable(entry.Given, moment))
            {
                return entry?.Name ?? $"inode {inode}";
            }

            inode = entry.Directory;
        }

        return null;
    }

    private void Take(StoreCall call)
    {
        switch (call)
        {
            case Made made:
                var file = new FileStory(made.Inode, made.IsDirectory);
                _files.Add(made.Inode, file);
                Name(file, new Entry(made.Directory, made.Name, made.When));
                break;
            case Renamed renamed:
                var moved = Unname(renamed.Directory, renamed.From, renamed);
                if (_names.ContainsKey((renamed.Directory, renamed.To)))
                {
                    Unname(renamed.Directory, renamed.To, renamed);
                }

                Name(moved, new Entry(renamed.Directory, renamed.To, renamed.When));
                break;
            case Unlinked unlinked:
                Unname(unlinked.Directory, unlinked.Name, unlinked);
                break;
            case Written written:
                this[written.Inode].Changes.Add(written);
                break;
            case Resized resized:
                this[resized.Inode].Changes.Add(resized);
                break;
            case Allocated allocated:
                this[allocated.Inode].Changes.Add(allocated);
                break;
            case Synced synced:
                this[synced.Inode].Syncs.Add(synced);
                break;
            case Mapped mapped:
                this[mapped.Inode].IsMapped = true;
                break;
        }
    }

    private void Name(FileStory file, Entry entry)
    {
        file.Entries.Add(entry);
        _names[(entry.Directory, entry.Name)] = file;
    }

    private FileStory Unname(int directory, string name, StoreCall by)
    {
        _names.Remove((directory, name), out var file);
        file!.Entries[^1].Taken = by.When;
        return file;
    }
}
