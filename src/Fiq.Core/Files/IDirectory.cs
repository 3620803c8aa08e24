namespace Fiq.Files;

/// <summary>What a name in a directory stands for.</summary>
internal enum EntryKind
{
    File,
    Directory,
    Other,
}

/// <summary>Which file this is, whatever its name: two equal identities are one file.</summary>
internal readonly record struct FileIdentity(ulong Device, ulong Inode);

/// <summary>What is known of an entry without opening it. Links are not followed.</summary>
internal readonly record struct EntryStatus(EntryKind Kind, FileIdentity Identity, long Length, int LinkCount);

/// <summary>What decides whether a folder may hold queues: its owner, its permission bits, its file system.</summary>
/// <param name="OwnerUserId">The user it belongs to.</param>
/// <param name="IsOwn">Whether that is the user we run as.</param>
/// <param name="Mode">The nine permission bits.</param>
/// <param name="FileSystemType">The kind of file system, as statfs numbers them.</param>
internal readonly record struct DirectoryFacts(uint OwnerUserId, bool IsOwn, uint Mode, uint FileSystemType)
{
    /// <summary>How large the file system is, in bytes; 0 when it does not say.</summary>
    public long TotalBytes { get; init; }
}

/// <summary>
/// An open directory. All names are relative to the descriptor, so renaming its parents changes nothing for us.
/// No link is followed; files are created 0600, directories 0700, every descriptor is closed on exec.
/// A file opened here is checked to be a regular file of our own user.
/// </summary>
internal interface IDirectory : IDisposable
{
    /// <summary>The path by which it was opened, for messages only.</summary>
    string Path { get; }

    /// <summary>Which directory this is.</summary>
    FileIdentity Identity { get; }

    /// <summary>The names in it, without <c>.</c> and <c>..</c>, in no order.</summary>
    IReadOnlyList<string> List();

    /// <summary>The status of a name, or null when there is none.</summary>
    EntryStatus? TryStatus(string name);

    /// <summary>Opens a file; null when there is none.</summary>
    IFile? TryOpenFile(string name, bool writable);

    /// <summary>Creates a file that must not exist yet, open for writing.</summary>
    IFile CreateFile(string name);

    /// <summary>Opens a directory in it; null when there is none.</summary>
    IDirectory? TryOpenDirectory(string name);

    /// <summary>Creates a directory that must not exist yet, and opens it.</summary>
    IDirectory CreateDirectory(string name);

    /// <summary>Renames within this directory, replacing what has the new name.</summary>
    void Rename(string from, string to);

    /// <summary>
    /// Renames within this directory in one step; false, and nothing changed, when the new name is taken.
    /// </summary>
    bool TryRenameNoReplace(string from, string to);

    /// <summary>Gives a file one more name; false, and nothing changed, when that name is taken.</summary>
    bool TryLink(string existing, string name);

    /// <summary>Unlinks a file; false when there is none.</summary>
    bool TryUnlink(string name);

    /// <summary>Removes an empty directory; false when there is none.</summary>
    bool TryRemoveDirectory(string name);

    /// <summary>Makes the directory's entries durable.</summary>
    void Sync();

    /// <summary>Whole bytes free for us on this file system.</summary>
    long FreeBytes();

    /// <summary>Owner, permissions and kind of file system, asked anew.</summary>
    DirectoryFacts Facts();

    /// <summary>
    /// Takes a lock on the directory itself, without waiting, held until the directory is disposed or its process
    /// dies; false when another process has it.
    /// </summary>
    bool TryLockExclusive();
}
