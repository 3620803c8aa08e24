using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>struct statx: the same bytes on every processor, which is why it is used instead of struct stat.</summary>
[StructLayout(LayoutKind.Explicit, Size = 256)]
internal struct StatusBuffer
{
    [FieldOffset(0)]
    public uint Mask;

    [FieldOffset(16)]
    public uint LinkCount;

    [FieldOffset(20)]
    public uint OwnerUserId;

    [FieldOffset(28)]
    public ushort Mode;

    [FieldOffset(32)]
    public ulong Inode;

    [FieldOffset(40)]
    public ulong Size;

    /// <summary>In units of 512 bytes, whatever the file system's blocks are.</summary>
    [FieldOffset(48)]
    public ulong Blocks;

    [FieldOffset(136)]
    public uint DeviceMajor;

    [FieldOffset(140)]
    public uint DeviceMinor;
}

/// <summary>struct statfs on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Explicit, Size = 120)]
internal struct FileSystemBuffer
{
    [FieldOffset(0)]
    public long Type;

    [FieldOffset(8)]
    public long BlockSize;

    [FieldOffset(16)]
    public ulong Blocks;

    [FieldOffset(32)]
    public ulong BlocksAvailable;

    [FieldOffset(72)]
    public long FragmentSize;
}

/// <summary>struct flock on 64-bit Linux; the process id stays 0 for locks of a description.</summary>
[StructLayout(LayoutKind.Explicit, Size = 32)]
internal struct LockBuffer
{
    [FieldOffset(0)]
    public short Kind;

    [FieldOffset(2)]
    public short Whence;

    [FieldOffset(8)]
    public long Start;

    [FieldOffset(16)]
    public long Length;

    [FieldOffset(24)]
    public int ProcessId;
}

/// <summary>struct timespec on 64-bit Linux.</summary>
internal struct TimeBuffer
{
    public long Seconds;
    public long Nanoseconds;

    public static TimeBuffer Of(TimeSpan time) => new()
    {
        Seconds = time.Ticks / TimeSpan.TicksPerSecond,
        Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * TimeSpan.NanosecondsPerTick,
    };
}
