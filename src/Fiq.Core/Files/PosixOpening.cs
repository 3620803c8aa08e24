namespace Fiq.Files;

/// <summary>
/// Opens and creates, and believes nothing: no link is followed, a pipe or device at a name does not block us, and
/// what was opened must be of the right kind and ours. Modes are exact, whatever the umask.
/// </summary>
internal static class PosixOpening
{
    private static readonly uint OurUserId = LibcFiles.EffectiveUser();

    private static readonly int Safely =
        Abi.OpenCloseOnExec | Abi.OpenNoFollow | Abi.OpenNonBlocking | Abi.OpenNoTerminal;

    /// <summary>Whether that user is the one we run as.</summary>
    public static bool IsOurs(uint userId) => userId == OurUserId;

    /// <summary>Opens a regular file; null when there is none.</summary>
    public static Descriptor? TryFile(Descriptor directory, string name, bool writable, string path)
    {
        int access = writable ? Abi.OpenReadWrite : Abi.OpenReadOnly;
        int number = Open(directory, name, access | Safely, 0);
        if (number >= 0) return Checked(new Descriptor(number), d => CheckFile(FileStatus.Of(d, path), path));
        return SystemError.Last switch
        {
            Errno.NoEntry => null,
            // What a socket, or a device without a driver, answers to open.
            Errno.NoSuchDevice => throw NotRegular(path),
            _ => throw SystemError.Of("open", path),
        };
    }

    /// <summary>Creates a file that must not exist.</summary>
    public static Descriptor NewFile(Descriptor directory, string name, string path)
    {
        int flags = Abi.OpenReadWrite | Abi.OpenCreate | Abi.OpenExclusive | Safely;
        int number = Open(directory, name, flags, Abi.ModeFile);
        if (number < 0) throw SystemError.Of("create", path);
        return Checked(new Descriptor(number), d => Own(d, Abi.ModeFile, path));
    }

    /// <summary>Opens a directory inside ours; null when there is none.</summary>
    public static Descriptor? TryInnerDirectory(Descriptor directory, string name, string path)
    {
        Descriptor? open = TryDirectory(directory, name, path, followLink: false);
        return open is null ? null : Checked(open, d => CheckDirectory(FileStatus.Of(d, path), path));
    }

    /// <summary>Opens any directory, whoever owns it; null when there is none.</summary>
    public static Descriptor? TryDirectory(Descriptor directory, string name, string path, bool followLink)
    {
        int flags = Abi.OpenReadOnly | Abi.OpenDirectory | Abi.OpenCloseOnExec;
        int number = Open(directory, name, followLink ? flags : flags | Abi.OpenNoFollow, 0);
        if (number >= 0) return new Descriptor(number);
        Errno errno = SystemError.Last;
        if (errno == Errno.NoEntry) return null;
        // The kernel calls a link that it may not follow "not a directory"; say what it is.
        if (errno == Errno.NotADirectory && !followLink && FileStatus.TryOf(directory, name, path) is { IsLink: true })
            errno = Errno.TooManyLinks;
        throw SystemError.Of("open", path, errno);
    }

    /// <summary>Creates and opens a directory; null when the name is taken.</summary>
    public static Descriptor? TryNewDirectory(Descriptor directory, string name, string path)
    {
        while (LibcDirectories.Create(directory, name, Abi.ModeDirectory) != 0)
        {
            if (SystemError.Last == Errno.Exists) return null;
            if (!SystemError.IsInterrupted) throw SystemError.Of("mkdir", path);
        }

        Descriptor open = TryDirectory(directory, name, path, followLink: false)
            ?? throw SystemError.Of("open", path, Errno.NoEntry);
        return Checked(open, d => Own(d, Abi.ModeDirectory, path));
    }

    private static int Open(Descriptor directory, string name, int flags, uint mode)
    {
        int number;
        do
            number = LibcFiles.Open(directory, name, flags, mode);
        while (number < 0 && SystemError.IsInterrupted);
        return number;
    }

    private static Descriptor Checked(Descriptor open, Action<Descriptor> check)
    {
        try
        {
            check(open);
            return open;
        }
        catch
        {
            open.Dispose();
            throw;
        }
    }

    private static void CheckFile(in FileStatus status, string path)
    {
        if (status.Kind == EntryKind.Directory) throw SystemError.Of("open", path, Errno.IsADirectory);
        if (status.Kind != EntryKind.File) throw NotRegular(path);
        CheckOwner(status, path);
    }

    private static void CheckDirectory(in FileStatus status, string path)
    {
        CheckOwner(status, path);
        if ((status.Mode & Abi.ModeOthersWrite) != 0)
            throw new FileSystemException("open", path, Errno.AccessDenied, "other users may write to it");
    }

    private static void CheckOwner(in FileStatus status, string path)
    {
        if (!IsOurs(status.OwnerUserId))
            throw new FileSystemException(
                "open", path, Errno.AccessDenied, $"it belongs to user {status.OwnerUserId}, not to us");
    }

    // A file just created is ours; its mode may lack bits that the umask took.
    private static void Own(Descriptor open, uint mode, string path)
    {
        FileStatus status = FileStatus.Of(open, path);
        CheckOwner(status, path);
        if (status.Mode != mode && LibcFiles.ChangeMode(open, mode) != 0) throw SystemError.Of("fchmod", path);
    }

    private static FileSystemException NotRegular(string path) =>
        new("open", path, Errno.InvalidArgument, "it is a pipe, socket or device, not a regular file");
}
