namespace Fiq.Simulation.Persistence;

/// <summary>
/// What is on a disk at one moment: directories of names, files of bytes, both by the number of their inode. No hard
/// links. Also the page cache of a running machine is one.
/// </summary>
internal sealed class DiskImage
{
    /// <summary>The inode of the directory at the top.</summary>
    public const long Root = 1;

    private readonly Dictionary<long, FileContent> _files = [];
    private readonly Dictionary<long, SortedDictionary<string, long>> _directories = new()
    {
        [Root] = new SortedDictionary<string, long>(StringComparer.Ordinal),
    };

    /// <summary>Above all inode numbers in use.</summary>
    public long NextInode { get; set; } = Root + 1;

    public IReadOnlyDictionary<long, FileContent> Files => _files;

    public bool IsDirectory(long inode) => _directories.ContainsKey(inode);

    public FileContent File(long inode) => _files[inode];

    public SortedDictionary<string, long> Entries(long directory) => _directories[directory];

    public void AddFile(long inode, FileContent content) => _files[inode] = content;

    public void AddDirectory(long inode) =>
        _directories[inode] = new SortedDictionary<string, long>(StringComparer.Ordinal);

    /// <summary>A copy that shares all blocks.</summary>
    public DiskImage Copy()
    {
        var copy = new DiskImage { NextInode = NextInode };
        foreach ((long inode, FileContent content) in _files) copy._files[inode] = content.Copy();
        foreach ((long inode, SortedDictionary<string, long> entries) in _directories)
            copy._directories[inode] = new SortedDictionary<string, long>(entries, StringComparer.Ordinal);
        return copy;
    }

    /// <summary>
    /// The same names and bytes on other inodes, as in a folder that was copied: pages that name inodes name others.
    /// </summary>
    public DiskImage Renumbered(long above)
    {
        var copy = new DiskImage { NextInode = NextInode + above };
        foreach ((long inode, FileContent content) in _files) copy._files[inode + above] = content.Copy();
        foreach ((long inode, SortedDictionary<string, long> entries) in _directories)
        {
            long number = inode == Root ? Root : inode + above;
            copy.AddDirectory(number);
            foreach ((string name, long child) in entries) copy._directories[number][name] = child + above;
        }

        return copy;
    }

    /// <summary>Every file that has a name, with its path below the top.</summary>
    public IEnumerable<(string Path, FileContent Content)> FilesByPath() => FilesBelow(Root, "");

    /// <summary>Every directory that has a name, parents first, with its path below the top.</summary>
    public IEnumerable<string> DirectoriesByPath() => DirectoriesBelow(Root, "");

    /// <summary>Equal for disks with equal names, inodes and bytes.</summary>
    public ulong Hash() => HashOf(Root);

    private ulong HashOf(long inode)
    {
        if (_files.TryGetValue(inode, out FileContent? content)) return content.Hash();
        ulong sum = 1;
        foreach ((string name, long child) in _directories[inode])
            sum = Mixing.Mix(sum ^ Mixing.HashOf(System.Text.Encoding.UTF8.GetBytes(name)) ^ (ulong)child)
                + HashOf(child);
        return Mixing.Mix(sum);
    }

    private IEnumerable<(string Path, FileContent Content)> FilesBelow(long directory, string path)
    {
        foreach ((string name, long inode) in _directories[directory])
        {
            if (_files.TryGetValue(inode, out FileContent? content)) yield return (path + name, content);
            else
                foreach (var found in FilesBelow(inode, $"{path}{name}/"))
                    yield return found;
        }
    }

    private IEnumerable<string> DirectoriesBelow(long directory, string path)
    {
        foreach ((string name, long inode) in _directories[directory])
        {
            if (!_directories.ContainsKey(inode)) continue;
            yield return path + name;
            foreach (string found in DirectoriesBelow(inode, $"{path}{name}/")) yield return found;
        }
    }
}
