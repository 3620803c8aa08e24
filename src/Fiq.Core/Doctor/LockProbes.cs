using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>Whether locks of two descriptions of one file exclude each other, and closing one frees its own.</summary>
internal sealed class LockProbe : IProbe
{
    public string Name => "locks";

    public Finding Run(ProbeRoom room)
    {
        using IFile first = room.Folder.CreateFile("locks");
        using IFile second = room.Reopen("locks");
        string? wrong = Exclusive(first, second) ?? Shared(first, second) ?? Freed(first, second);
        return wrong is null
            ? Finding.Fine(Name, "exclusive locks exclude, shared ones are shared, closing frees them")
            : Finding.Failed(Name, wrong, Advice);
    }

    internal const string Advice =
        "Two processes would write over each other. Use a local disk (ext4, xfs, btrfs, zfs).";

    private static string? Exclusive(IFile first, IFile second)
    {
        if (!first.TryLock(0, exclusive: true)) return "a free lock is refused";
        if (second.TryLock(0, exclusive: true)) return "two have one exclusive lock";
        if (second.TryLock(0, exclusive: false)) return "a shared lock is given beside an exclusive one";
        if (!second.IsLockedByOther(0)) return "a lock that is held is not seen";
        if (!second.TryLock(1, exclusive: true)) return "a lock on one byte keeps others out of the next";
        first.Unlock(0);
        return null;
    }

    private static string? Shared(IFile first, IFile second)
    {
        if (!first.TryLock(0, exclusive: false) || !second.TryLock(0, exclusive: false))
            return "a lock can't be shared";
        if (first.TryLock(0, exclusive: true)) return "an exclusive lock is given beside a shared one";
        second.Unlock(0);
        return second.TryLock(0, exclusive: true) ? "a lock is lost when it can't be made exclusive" : null;
    }

    private static string? Freed(IFile first, IFile second)
    {
        first.Dispose();
        return second.TryLock(0, exclusive: true) ? null : "a lock outlives its description";
    }
}

/// <summary>
/// Whether locks keep another process out, and are freed by its death. Kills the partner, so it comes last.
/// </summary>
internal sealed class ProcessLockProbe : IProbe
{
    private const string FileName = "process-locks";
    private const string FolderName = "process-lock";

    public string Name => "locks-between-processes";

    public Finding Run(ProbeRoom room)
    {
        if (room.Partner is not { } partner) return Finding.Warned(Name, "not tested: there is no second process");
        using IFile file = room.Folder.CreateFile(FileName);
        room.Folder.CreateDirectory(FolderName).Dispose();
        string? wrong = Excluded(room, partner, file);
        partner.Kill();
        wrong ??= Freed(room, file);
        return wrong is null
            ? Finding.Fine(Name, "a lock keeps another process out, and its death frees it")
            : Finding.Failed(Name, wrong, LockProbe.Advice);
    }

    private static string? Excluded(ProbeRoom room, IPartner partner, IFile file)
    {
        if (Ask(partner, $"lock {FileName} 7") != "yes") return "the other process does not get a free lock";
        if (Ask(partner, $"lock-folder {FolderName}") != "yes") return "the other process can't lock a folder";
        if (file.TryLock(7, exclusive: true)) return "two processes have one exclusive lock";
        if (!file.IsLockedByOther(7)) return "a lock that another process holds is not seen";
        using IDirectory folder = OpenFolder(room);
        return folder.TryLockExclusive() ? "two processes have locked one folder" : null;
    }

    private static string? Freed(ProbeRoom room, IFile file)
    {
        using IDirectory folder = OpenFolder(room);
        return file.TryLock(7, exclusive: true) && folder.TryLockExclusive()
            ? null
            : "a lock outlives the process that held it";
    }

    private static IDirectory OpenFolder(ProbeRoom room) => room.Folder.TryOpenDirectory(FolderName)
        ?? throw new FileSystemException("open", FolderName, Errno.NoEntry, "a folder that was just made is not there");

    private static string Ask(IPartner partner, string request)
    {
        partner.Tell(request);
        return partner.Answer();
    }
}
