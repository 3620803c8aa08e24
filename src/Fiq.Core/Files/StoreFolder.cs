namespace Fiq.Files;

/// <summary>Opens the folder in which queues lie, and refuses one in which nothing could be promised.</summary>
internal static class StoreFolder
{
    /// <summary>Opens a store; null when there is no such folder.</summary>
    /// <param name="files">Where to look.</param>
    /// <param name="path">The folder.</param>
    /// <param name="allowUnsafeFileSystem">Open it even where messages may be lost; then it is a warning.</param>
    /// <param name="warning">One sentence that a person should read, or null.</param>
    /// <exception cref="FiqException">
    /// <see cref="ErrorCode.Forbidden"/>, <see cref="ErrorCode.Unsupported"/>, or <see cref="ErrorCode.BadRequest"/>
    /// for a path that is not a folder.
    /// </exception>
    public static IDirectory? TryOpen(
        IFileSystem files, string path, bool allowUnsafeFileSystem, out string? warning)
    {
        try
        {
            return Checked(files.OpenDirectory(path), allowUnsafeFileSystem, out warning);
        }
        catch (FileSystemException error) when (error.Errno == Errno.NoEntry)
        {
            warning = null;
            return null;
        }
        catch (FileSystemException error)
        {
            throw Converted(error, path);
        }
    }

    /// <summary>Opens a store, or creates it with its missing parents. As <see cref="TryOpen"/> otherwise.</summary>
    public static IDirectory OpenOrCreate(
        IFileSystem files, string path, bool allowUnsafeFileSystem, out string? warning)
    {
        try
        {
            return Checked(files.CreateDirectory(path), allowUnsafeFileSystem, out warning);
        }
        catch (FileSystemException error)
        {
            throw Converted(error, path);
        }
    }

    /// <summary>Judges an open folder; returns a warning, or null when there is nothing to say.</summary>
    public static string? Check(IDirectory directory, bool allowUnsafeFileSystem)
    {
        DirectoryFacts facts = directory.Facts();
        CheckOwner(directory, facts);
        FileSystemVerdict verdict = FileSystemVerdict.Of(facts.FileSystemType);
        return verdict.Trust switch
        {
            FileSystemTrust.Good => null,
            FileSystemTrust.Refused when !allowUnsafeFileSystem => throw new FiqException(
                ErrorCode.Unsupported,
                $"{directory.Path} lies on {verdict.Name}: {verdict.Reason}",
                "Use a folder on a local disk (ext4, xfs, btrfs, zfs)."),
            _ => $"{directory.Path} lies on {verdict.Name}: {verdict.Reason}",
        };
    }

    private static void CheckOwner(IDirectory directory, in DirectoryFacts facts)
    {
        if (!facts.IsOwn)
            throw new FiqException(
                ErrorCode.Forbidden,
                $"{directory.Path} belongs to user {facts.OwnerUserId}, not to us",
                "Run fiq as that user, or choose a folder of your own with --store.");
        if ((facts.Mode & Abi.ModeOthersWrite) != 0)
            throw new FiqException(
                ErrorCode.Forbidden,
                $"{directory.Path} can be written by other users (mode {Convert.ToString(facts.Mode, 8)})",
                "Choose a folder of your own with --store; if this one is yours alone, "
                    + $"chmod 700 {directory.Path}");
    }

    private static IDirectory Checked(IDirectory directory, bool allowUnsafeFileSystem, out string? warning)
    {
        try
        {
            warning = Check(directory, allowUnsafeFileSystem);
            return directory;
        }
        catch
        {
            directory.Dispose();
            throw;
        }
    }

    private static FiqException Converted(FileSystemException error, string path) => error.Errno switch
    {
        Errno.NotADirectory => new FiqException(
            ErrorCode.BadRequest,
            $"{path} is not a folder, or lies behind something that is not",
            "--store names the folder that holds the queues.",
            error),
        Errno.TooManyLinks => new FiqException(
            ErrorCode.Forbidden,
            $"{path} is a symbolic link",
            "Name the folder it leads to.",
            error),
        _ => error.ToFiqException(),
    };
}
