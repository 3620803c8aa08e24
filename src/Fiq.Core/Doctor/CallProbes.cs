using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>Whether a failed sync is reported at all: what keeps that quiet would keep a lost write quiet.</summary>
/// <param name="selfTest">The test that each start of fiq makes.</param>
internal sealed class SyncReportProbe(Action selfTest) : IProbe
{
    public string Name => "sync-reports";

    public Finding Run(ProbeRoom room)
    {
        try
        {
            selfTest();
            return Finding.Fine(Name, "a sync that fails says so");
        }
        catch (FiqException error)
        {
            return Failure(error);
        }
    }

    /// <summary>The finding when the self-test failed.</summary>
    public static Finding Failure(FiqException error) => Finding.Failed(
        "sync-reports",
        error.Message,
        "Nothing can be promised then. Look for a library in LD_PRELOAD, a sandbox or an emulator that answers "
            + "system calls itself.");
}

/// <summary>Whether the kernel's error numbers arrive: what to do about an error depends on which it is.</summary>
internal sealed class ErrorNumbersProbe : IProbe
{
    public string Name => "error-numbers";

    public Finding Run(ProbeRoom room)
    {
        const string file = "errors";
        using (IDirectory folder = room.Folder.CreateDirectory(file)) folder.CreateFile(file).Dispose();
        Errno taken = ErrorOf(() => room.Folder.CreateDirectory(file).Dispose());
        Errno full = ErrorOf(() => room.Folder.TryRemoveDirectory(file));
        using IFile? missing = room.Folder.TryOpenFile("no-such-file", writable: false);
        return taken == Errno.Exists && full == Errno.NotEmpty && missing is null
            ? Finding.Fine(Name, "errors come with their numbers")
            : Finding.Failed(
                Name,
                $"a taken name gives error {(int)taken} and a full folder {(int)full}, and not 17 and 39",
                "Use a local disk (ext4, xfs, btrfs, zfs).");
    }

    private static Errno ErrorOf(Action act)
    {
        try
        {
            act();
            return Errno.None;
        }
        catch (FileSystemException error)
        {
            return error.Errno;
        }
    }
}

/// <summary>Whether a folder can be synced: without that a new file may vanish with all it holds.</summary>
internal sealed class DirectorySyncProbe : IProbe
{
    public string Name => "directory-sync";

    public Finding Run(ProbeRoom room)
    {
        room.Folder.CreateFile("entry").Dispose();
        room.Folder.Sync();
        room.Store.Sync();
        return Finding.Fine(Name, "the names of files can be made durable");
    }
}

/// <summary>Whether room can be set aside: it keeps a sync from having to write the file's size as well.</summary>
internal sealed class AllocateProbe : IProbe
{
    private const long Bytes = 1024 * 1024;

    public string Name => "allocate";

    public Finding Run(ProbeRoom room)
    {
        using IFile file = room.Folder.CreateFile("allocated");
        try
        {
            file.Allocate(Bytes);
        }
        catch (FileSystemException error) when (error.Errno == Errno.NotSupported)
        {
            return Finding.Warned(Name, "room can't be set aside here: appending works, and is slower");
        }

        return file.Length == Bytes
            ? Finding.Fine(Name, "room can be set aside")
            : Finding.Warned(Name, $"of {Bytes} bytes set aside the file has {file.Length}");
    }
}
