using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace;

/// <summary>
/// Something that a process did to the store, or told. Files and directories are numbered in the order in which they
/// came; a number is never used again. Number 0 is the folder above everything, which was there and durable.
/// </summary>
internal abstract record StoreCall(int Process, Interval When);

/// <summary>A file or a directory came into being under a name.</summary>
internal sealed record Made(int Process, Interval When, int Directory, string Name, int Inode, bool IsDirectory)
    : StoreCall(Process, When);

internal sealed record Written(int Process, Interval When, int Inode, long Position, ReadOnlyMemory<byte> Bytes)
    : StoreCall(Process, When)
{
    public long EndPosition => Position + Bytes.Length;
}

/// <summary>The file was cut or grew to a length.</summary>
internal sealed record Resized(int Process, Interval When, int Inode, long Length) : StoreCall(Process, When);

/// <summary>Room was set aside; a shorter file grew to the length with zeros.</summary>
internal sealed record Allocated(int Process, Interval When, int Inode, long Length) : StoreCall(Process, When);

/// <summary>A file's bytes or a directory's entries were synced, or were not.</summary>
internal sealed record Synced(int Process, Interval When, int Inode, bool Succeeded) : StoreCall(Process, When)
{
    /// <summary>Its process died in it: nobody knows what it would have said.</summary>
    public bool WasCutShort => When.End == Interval.Never;

    public bool HasFailed => !Succeeded && !WasCutShort;

    /// <summary>Whether another call began after this one had returned, or could not return any more.</summary>
    public bool IsBefore(StoreCall other) => WasCutShort ? When.Start < other.When.Start : When.IsBefore(other.When);
}

/// <summary>An entry got another name in its directory; what had that name is gone.</summary>
internal sealed record Renamed(int Process, Interval When, int Directory, string From, string To)
    : StoreCall(Process, When);

/// <summary>A file or an empty directory lost its name.</summary>
internal sealed record Unlinked(int Process, Interval When, int Directory, string Name, bool IsDirectory)
    : StoreCall(Process, When);

/// <summary>From here on the file may be changed unseen.</summary>
internal sealed record Mapped(int Process, Interval When, int Inode) : StoreCall(Process, When);

/// <summary>Bytes went to stdout.</summary>
internal sealed record Told(int Process, Interval When, string Text) : StoreCall(Process, When);

/// <summary>What stood in a mapped file at a moment when nobody stored into it.</summary>
internal sealed record Seen(Interval When, string Path, ReadOnlyMemory<byte> Bytes) : StoreCall(Nobody, When)
{
    /// <summary>The test looked; no process did anything.</summary>
    private const int Nobody = -1;
}
