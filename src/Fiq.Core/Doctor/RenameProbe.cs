using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>
/// Whether a rename replaces in one step, so that whoever looks meanwhile sees the old file or the new one, and whether
/// one that must not replace refuses.
/// </summary>
internal sealed class RenameProbe : IProbe
{
    private const int Rounds = 300;
    private const string Target = "target";
    private const string Fresh = "fresh";
    private const string Advice = "A segment could vanish or be replaced. Use a local disk (ext4, xfs, btrfs, zfs).";

    public string Name => "rename";

    public Finding Run(ProbeRoom room)
    {
        Create(room, Target, 0);
        string? wrong = Replaces(room) ?? Refuses(room);
        return wrong is null
            ? Finding.Fine(Name, "a rename replaces in one step, and refuses where it must not replace")
            : Finding.Failed(Name, wrong, Advice);
    }

    private static string? Replaces(ProbeRoom room)
    {
        string? seen = null;
        using var done = new ManualResetEventSlim();
        var observer = new Thread(() => seen = Watch(room, done)) { IsBackground = true, Name = "rename observer" };
        observer.Start();
        try
        {
            for (int round = 1; round <= Rounds && observer.IsAlive; round++)
            {
                Create(room, Fresh, (byte)round);
                room.Folder.Rename(Fresh, Target);
            }
        }
        finally
        {
            done.Set();
            observer.Join();
        }

        return seen;
    }

    private static string? Watch(ProbeRoom room, ManualResetEventSlim done)
    {
        Span<byte> content = stackalloc byte[8];
        try
        {
            while (!done.IsSet)
            {
                if (room.Folder.TryStatus(Target) is null) return "while one file replaces another, neither is there";
                using IFile? file = room.Folder.TryOpenFile(Target, writable: false);
                if (file is null) return "while one file replaces another, neither is there";
                if (file.Read(content, 0) != content.Length || content.IndexOfAnyExcept(content[0]) >= 0)
                    return "while one file replaces another, a mixed one is there";
            }
        }
        catch (FileSystemException error)
        {
            return error.Message;
        }

        return null;
    }

    private static string? Refuses(ProbeRoom room)
    {
        Create(room, Fresh, 0xFF);
        FileIdentity? before = room.Folder.TryStatus(Target)?.Identity;
        if (room.Folder.TryRenameNoReplace(Fresh, Target)) return "a rename that must not replace does";
        if (room.Folder.TryStatus(Target)?.Identity != before || room.Folder.TryStatus(Fresh) is null)
            return "a rename that was refused changed something";
        return room.Folder.TryRenameNoReplace(Fresh, "free") ? null : "a rename to a free name is refused";
    }

    private static void Create(ProbeRoom room, string name, byte value)
    {
        Span<byte> content = stackalloc byte[8];
        content.Fill(value);
        using IFile file = room.Folder.CreateFile(name);
        file.Write(content, 0);
    }
}
