namespace Fiq.Simulation.Persistence;

/// <summary>One thing that happened to a disk. Directories and files are named by their inodes.</summary>
internal abstract record DiskEvent;

/// <summary>A file or a directory was created.</summary>
internal sealed record Created(long Directory, string Name, long Inode, bool IsDirectory) : DiskEvent;

/// <summary>A file was given one more name.</summary>
internal sealed record Linked(long Directory, string Name, long Inode) : DiskEvent;

/// <summary>A name was removed: unlink or rmdir.</summary>
internal sealed record Removed(long Directory, string Name) : DiskEvent;

/// <summary>A name became another in the same directory, replacing what had it.</summary>
internal sealed record Renamed(long Directory, string From, string To) : DiskEvent;

/// <summary>Bytes were written; the file grows when it ended before.</summary>
internal sealed record Written(long Inode, long Position, ReadOnlyMemory<byte> Bytes) : DiskEvent;

/// <summary>
/// Bytes were stored through a mapping: the kernel writes back whole blocks of a moment of its own choice.
/// </summary>
internal sealed record Stored(long Inode, long Position, byte[] Bytes) : DiskEvent;

/// <summary>The length was set: cut, or extended with zeros.</summary>
internal sealed record Resized(long Inode, long Length) : DiskEvent;

/// <summary>A sync of a file or a directory returned.</summary>
/// <param name="Inode">Of what.</param>
/// <param name="StartedAt">The number of events that had happened when it was called: those are covered.</param>
/// <param name="Succeeded">Whether it returned 0.</param>
/// <param name="Reverts">After a failure: the page cache shows what is on disk, not what was written.</param>
internal sealed record Synced(long Inode, int StartedAt, bool Succeeded, bool Reverts = false) : DiskEvent;

/// <summary>Nothing happened to the disk, but something was said: an acknowledgement, a delivery, a promise.</summary>
internal sealed record Told(object What) : DiskEvent;
