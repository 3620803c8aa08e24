namespace Fiq.Files;

/// <summary>Whether a queue may lie on a kind of file system.</summary>
internal enum FileSystemTrust
{
    /// <summary>Its syncs and locks are known to hold.</summary>
    Good,

    /// <summary>It works, but something promised does not hold, or nobody knows.</summary>
    Warned,

    /// <summary>Messages would be lost or written over there.</summary>
    Refused,
}

/// <summary>The judgement over one kind of file system, by the number that statfs gives it.</summary>
internal readonly record struct FileSystemVerdict(FileSystemTrust Trust, string Name, string Reason)
{
    private const uint Zfs = 0x2FC12FC1;

    private const string Network =
        "other machines see neither its locks nor its shared pages, so two of them would write over each other";

    /// <summary>Judges a type. Has no other input, so that every case can be tested anywhere.</summary>
    public static FileSystemVerdict Of(uint type) => type switch
    {
        0xEF53 => Good("ext4"),
        0x58465342 => Good("xfs"),
        0x9123683E => Good("btrfs"),
        Zfs => Good("zfs"),
        0x01021994 => Warned("tmpfs", "it is in memory, so messages are gone when the machine stops"),
        0x858458F6 => Warned("ramfs", "it is in memory, so messages are gone when the machine stops"),
        0x794C7630 => Warned("overlay", "messages are gone when the container is removed; use a volume"),
        0x6969 => Refused("nfs", Network),
        0xFF534D42 or 0x517B or 0xFE534D42 => Refused("cifs/smb", Network),
        0x00C36400 => Refused("ceph", Network),
        0x0BD00BD0 => Refused("lustre", Network),
        0x5346414F => Refused("afs", Network),
        0x01021997 => Refused("9p", "it shares neither locks nor pages with the machine that serves it"),
        0x65735546 => Refused("fuse", "what a sync or a lock means there depends on a program that we do not know"),
        _ => Warned($"file system type {type:X}", "fiq was never tested on it; its syncs and locks may not hold"),
    };

    /// <summary>
    /// Whether blocks can't be set aside there: it compresses zeros away and writes each page to a new place, so
    /// the number of blocks says nothing about whether a store will find room.
    /// </summary>
    public static unsafe bool AllocatesOnWrite(Descriptor file, string path)
    {
        FileSystemBuffer status = default;
        if (LibcFiles.FileSystem(file, &status) != 0) throw SystemError.Of("fstatfs", path);
        return unchecked((uint)status.Type) == Zfs;
    }

    private static FileSystemVerdict Good(string name) => new(FileSystemTrust.Good, name, "");

    private static FileSystemVerdict Warned(string name, string reason) => new(FileSystemTrust.Warned, name, reason);

    private static FileSystemVerdict Refused(string name, string reason) => new(FileSystemTrust.Refused, name, reason);
}
