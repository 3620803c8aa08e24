namespace Fiq.Files;

/// <summary>The real file system of a Linux machine.</summary>
internal sealed class PosixFileSystem : IFileSystem
{
    private const string BootIdPath = "/proc/sys/kernel/random/boot_id";

    private readonly Lazy<Guid> _bootId = new(ReadBootId);

    /// <summary>Refuses a system on which the calls behind this door do not do what they must.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>.</exception>
    public PosixFileSystem() => SystemCheck.Run();

    public Guid BootId => _bootId.Value;

    public IDirectory OpenDirectory(string path)
    {
        string trimmed = Trimmed(path);
        Descriptor open = PosixOpening.TryDirectory(Descriptor.WorkingFolder, trimmed, path, followLink: false)
            ?? throw SystemError.Of("open", path, Errno.NoEntry);
        return new PosixDirectory(open, path);
    }

    /// <inheritdoc />
    /// <remarks>
    /// A directory that is there already is opened. The entry of each one made here is synced, and so is the path of
    /// one that is empty: what is acknowledged inside would be gone with the folder.
    /// </remarks>
    public IDirectory CreateDirectory(string path) =>
        new PosixDirectory(OpenOrCreate(Trimmed(path), followLink: false), path);

    private static Descriptor OpenOrCreate(string path, bool followLink)
    {
        Descriptor? open = PosixOpening.TryDirectory(Descriptor.WorkingFolder, path, path, followLink);
        if (open is not null) return WithDurablePath(open, path);
        string? above = Path.GetDirectoryName(path);
        if (above is null) throw SystemError.Of("open", path, Errno.NoEntry);
        string name = Path.GetFileName(path);
        using Descriptor parent = OpenOrCreate(above.Length == 0 ? "." : above, followLink: true);
        // Taken means that another process was quicker; its entry may not be on disk yet, so the parent is synced.
        Descriptor made = PosixOpening.TryNewDirectory(parent, name, path)
            ?? PosixOpening.TryDirectory(parent, name, path, followLink)
            ?? throw SystemError.Of("open", path, Errno.NoEntry);
        if (LibcFiles.Sync(parent) == 0) return made;
        FileSystemException error = SystemError.Of("fsync", above);
        made.Dispose();
        throw error;
    }

    // Whoever put something into a folder has seen to it that its path is on disk. Of an empty one nobody knows: a fiq
    // may have died between making and syncing it, or somebody made it for us a moment ago.
    private static Descriptor WithDurablePath(Descriptor folder, string path)
    {
        try
        {
            if (PosixListing.Names(folder, path).Count == 0) SyncPath(folder, path);
            return folder;
        }
        catch
        {
            folder.Dispose();
            throw;
        }
    }

    /// <summary>Syncs what lies above a folder, up to where its file system begins.</summary>
    private static void SyncPath(Descriptor folder, string path)
    {
        FileIdentity below = FileStatus.Of(folder, path).Identity;
        using Descriptor? above = TryOpenAbove(folder, path);
        if (above is null) return;
        FileIdentity identity = FileStatus.Of(above, path).Identity;
        if (identity.Device != below.Device || identity.Inode == below.Inode) return;
        if (LibcFiles.Sync(above) != 0) throw SystemError.Of("fsync", path + "/..");
        SyncPath(above, path + "/..");
    }

    // A folder that we may not even read is none that we, or somebody for us, made in passing.
    private static Descriptor? TryOpenAbove(Descriptor folder, string path)
    {
        try
        {
            return PosixOpening.TryDirectory(folder, "..", path + "/..", followLink: false);
        }
        catch (FileSystemException error) when (error.Errno == Errno.AccessDenied)
        {
            return null;
        }
    }

    // A trailing slash would make the kernel follow a link in the last part.
    private static string Trimmed(string path)
    {
        if (path.Length == 0 || path.Contains('\0', StringComparison.Ordinal))
            throw new ArgumentException($"\"{Printable.Escape(path)}\" is not a path", nameof(path));
        string trimmed = path.TrimEnd('/');
        return trimmed.Length == 0 ? "/" : trimmed;
    }

    private static Guid ReadBootId()
    {
        string text = File.ReadAllText(BootIdPath);
        return Guid.TryParse(text.AsSpan().Trim(), out Guid id)
            ? id
            : throw new FiqException(ErrorCode.Unsupported, $"{BootIdPath} does not hold the identity of this boot");
    }
}
