namespace Fiq.Simulation.Persistence;

/// <summary>
/// Follows a history event by event and knows at each point what a crash must leave (what a successful sync covered)
/// and what it may leave: any part of the rest. The model of docs/testing.md.
/// </summary>
internal sealed class CrashModel
{
    private readonly DiskRules _rules;
    private readonly Random _random;
    private readonly Dictionary<long, PendingInode> _inodes = [];

    /// <param name="history">What happened.</param>
    /// <param name="rules">On what kind of disk.</param>
    /// <param name="random">Decides when a lying disk lies.</param>
    public CrashModel(DiskHistory history, DiskRules rules, Random random)
    {
        _rules = rules;
        _random = random;
        History = history;
        Cache = history.Start.Copy();
        foreach ((long inode, FileContent content) in history.Start.Files)
            _inodes[inode] = PendingInode.OfFile(content.Copy());
        AddDirectories(DiskImage.Root);
    }

    public DiskHistory History { get; }

    /// <summary>How many events were followed: the place of the cut.</summary>
    public int Cut { get; private set; }

    /// <summary>What all processes saw at the cut: what is left when they die and the machine does not.</summary>
    public DiskImage Cache { get; }

    /// <summary>When the last event was a write: what that file was before it. Otherwise null.</summary>
    public FileContent? BeforeLastWrite { get; private set; }

    /// <summary>What may be on disk or not, in the order of issue.</summary>
    public IReadOnlyList<Atom> May() =>
    [
        .. _inodes.Values.SelectMany(inode => inode.Atoms).Where(atom => !atom.IsDurable).OrderBy(atom => atom.At),
    ];

    /// <summary>What is certainly on disk of a file, its length included.</summary>
    public FileContent DurableContent(long inode)
    {
        PendingInode pending = _inodes[inode];
        FileContent content = pending.Content.Copy();
        foreach (Atom atom in pending.Atoms)
            if (atom.IsDurable) PendingInode.Apply(atom, content, null);
        content.ForgetBehindEnd();
        return content;
    }

    /// <summary>Follows the next event.</summary>
    public DiskEvent Advance()
    {
        DiskEvent what = History.Events[Cut];
        BeforeLastWrite = what is Written last ? Cache.File(last.Inode).Copy() : null;
        switch (what)
        {
            case Created created: Follow(created); break;
            case Linked linked:
                Cache.Entries(linked.Directory)[linked.Name] = linked.Inode;
                _inodes[linked.Directory].Add(new AddAtom(linked.Directory, Cut, linked.Name, linked.Inode));
                break;
            case Removed removed:
                Cache.Entries(removed.Directory).Remove(removed.Name);
                _inodes[removed.Directory].Add(new RemoveAtom(removed.Directory, Cut, removed.Name));
                break;
            case Renamed renamed: Follow(renamed); break;
            case Written written: Follow(written); break;
            case Stored stored: Follow(stored); break;
            case Resized resized: Follow(resized); break;
            case Synced synced: Follow(synced); break;
            case Told: break;
            default: throw new InvalidOperationException($"{what} is no event that this model knows");
        }

        Cut++;
        return what;
    }

    /// <summary>Makes the disk that one choice of what survives leaves.</summary>
    public DiskImage Build(Survival survival)
    {
        var image = new DiskImage { NextInode = Cache.NextInode };
        Build(DiskImage.Root, image, survival);
        return image;
    }

    private void Build(long inode, DiskImage image, Survival survival)
    {
        PendingInode pending = _inodes[inode];
        if (pending.Entries is null)
        {
            image.AddFile(inode, BuildFile(pending, survival));
            return;
        }

        if (inode != DiskImage.Root) image.AddDirectory(inode);
        SortedDictionary<string, long> entries = image.Entries(inode);
        foreach ((string name, long child) in pending.Entries) entries[name] = child;
        foreach (Atom atom in pending.Atoms)
            if (atom.IsDurable || survival.Keeps(atom)) PendingInode.Apply(atom, new FileContent(), entries);
        foreach (long child in entries.Values.ToList())
            if (!image.Files.ContainsKey(child) && !image.IsDirectory(child)) Build(child, image, survival);
    }

    private static FileContent BuildFile(PendingInode pending, Survival survival)
    {
        FileContent content = pending.Content.Copy();
        foreach (Atom atom in pending.Atoms)
        {
            if (atom.IsDurable) PendingInode.Apply(atom, content, null);
            else if (atom is BytesAtom bytes) survival.Leave(bytes, content);
            else if (survival.Keeps(atom)) PendingInode.Apply(atom, content, null);
        }

        foreach ((long number, List<Block?> versions) in pending.Versions)
            content.Put(number, versions[survival.Version(versions.Count)]);
        content.ForgetBehindEnd();
        return content;
    }

    private void AddDirectories(long directory)
    {
        SortedDictionary<string, long> entries = History.Start.Entries(directory);
        _inodes[directory] = PendingInode.OfDirectory(entries);
        foreach (long child in entries.Values)
            if (History.Start.IsDirectory(child)) AddDirectories(child);
    }

    private void Follow(Created created)
    {
        Cache.NextInode = Math.Max(Cache.NextInode, created.Inode + 1);
        if (created.IsDirectory) Cache.AddDirectory(created.Inode);
        else Cache.AddFile(created.Inode, new FileContent());
        Cache.Entries(created.Directory)[created.Name] = created.Inode;
        _inodes[created.Inode] = created.IsDirectory
            ? PendingInode.OfDirectory([])
            : PendingInode.OfFile(new FileContent());
        _inodes[created.Directory].Add(new AddAtom(created.Directory, Cut, created.Name, created.Inode));
    }

    private void Follow(Renamed renamed)
    {
        SortedDictionary<string, long> entries = Cache.Entries(renamed.Directory);
        entries.Remove(renamed.From, out long child);
        entries[renamed.To] = child;
        PendingInode directory = _inodes[renamed.Directory];
        if (!_rules.SplitsRenames)
        {
            directory.Add(new RenameAtom(renamed.Directory, Cut, renamed.From, renamed.To, child));
            return;
        }

        directory.Add(new RemoveAtom(renamed.Directory, Cut, renamed.From));
        directory.Add(new AddAtom(renamed.Directory, Cut, renamed.To, child));
    }

    private void Follow(Written written)
    {
        FileContent cache = Cache.File(written.Inode);
        long lengthBefore = cache.Length;
        PendingInode inode = _inodes[written.Inode];
        for (int done = 0; done < written.Bytes.Length;)
        {
            long position = written.Position + done;
            long room = FileContent.BlockSize - position % FileContent.BlockSize;
            int length = (int)Math.Min(room, written.Bytes.Length - done);
            ReadOnlyMemory<byte> part = written.Bytes.Slice(done, length);
            // Zeros over zeros are not seen, whether they reach the disk or not.
            bool visible = part.Span.ContainsAnyExcept((byte)0)
                || cache.At(position / FileContent.BlockSize) is not null;
            if (visible) inode.Add(new BytesAtom(written.Inode, Cut, position, part));
            done += length;
        }

        cache.Write(written.Bytes.Span, written.Position);
        if (cache.Length > lengthBefore) inode.Add(new LengthAtom(written.Inode, Cut, cache.Length));
    }

    private void Follow(Stored stored)
    {
        FileContent cache = Cache.File(stored.Inode);
        long first = stored.Position / FileContent.BlockSize;
        long last = (stored.Position + stored.Bytes.Length - 1) / FileContent.BlockSize;
        Block?[] before = [.. Enumerable.Range(0, (int)(last - first + 1)).Select(i => cache.At(first + i))];
        cache.Patch(stored.Bytes, stored.Position);
        for (long number = first; number <= last; number++)
            _inodes[stored.Inode].AddVersion(number, before[number - first], cache.At(number));
    }

    private void Follow(Resized resized)
    {
        FileContent cache = Cache.File(resized.Inode);
        PendingInode inode = _inodes[resized.Inode];
        if (resized.Length > cache.Length) inode.Add(new LengthAtom(resized.Inode, Cut, resized.Length));
        else inode.Add(new CutAtom(resized.Inode, Cut, resized.Length));
        cache.SetLength(resized.Length);
    }

    private void Follow(Synced synced)
    {
        PendingInode inode = _inodes[synced.Inode];
        if (!synced.Succeeded)
        {
            if (synced.Reverts) Cache.AddFile(synced.Inode, DurableContent(synced.Inode));
            // Names go through a journal in order: where one is lost for ever, the file system goes read-only instead.
            if (inode.Entries is null) inode.Forsake();
            return;
        }

        if (_rules.Lies > 0 && _random.NextDouble() < _rules.Lies) return;
        inode.Promote(synced.StartedAt);
        if (!_rules.SyncsOwnName || inode.Entries is not null) return;
        foreach (PendingInode directory in _inodes.Values)
            if (directory.Entries is not null) directory.PromoteNameOf(synced.Inode);
    }
}
