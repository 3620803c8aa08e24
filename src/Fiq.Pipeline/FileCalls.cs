using System.Buffers.Binary;
using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Pipeline;

/// <summary>Which file something is: a name may lead to another one a moment later.</summary>
internal readonly record struct FileNode(uint DeviceMajor, uint DeviceMinor, ulong Inode, bool IsRegular);

/// <summary>The one question about files that .NET does not answer: which file is it.</summary>
internal static partial class FileCalls
{
    private const int CurrentFolder = -100;
    private const int EmptyPath = 0x1000;
    private const uint TypeAndInode = 0x1 | 0x100;
    private const int TypeMask = 0xF000;
    private const int TypeFile = 0x8000;

    // struct statx has the same bytes on every processor.
    private const int BufferSize = 256;
    private const int ModeAt = 28;
    private const int InodeAt = 32;
    private const int DeviceAt = 136;

    /// <summary>The file that a path leads to, links followed; null when there is none.</summary>
    public static FileNode? TryOf(string path) => TryGet(CurrentFolder, path, 0);

    /// <summary>The file that is open.</summary>
    public static FileNode Of(SafeFileHandle file)
    {
        bool added = false;
        file.DangerousAddRef(ref added);
        try
        {
            return TryGet((int)file.DangerousGetHandle(), "", EmptyPath)
                ?? throw new IOException($"statx failed with errno {Marshal.GetLastPInvokeError()}");
        }
        finally
        {
            file.DangerousRelease();
        }
    }

    private static unsafe FileNode? TryGet(int folder, string path, int flags)
    {
        byte* buffer = stackalloc byte[BufferSize];
        if (Status(folder, path, flags, TypeAndInode, buffer) != 0) return null;
        var bytes = new ReadOnlySpan<byte>(buffer, BufferSize);
        return new FileNode(
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[DeviceAt..]),
            BinaryPrimitives.ReadUInt32LittleEndian(bytes[(DeviceAt + sizeof(uint))..]),
            BinaryPrimitives.ReadUInt64LittleEndian(bytes[InodeAt..]),
            (BinaryPrimitives.ReadUInt16LittleEndian(bytes[ModeAt..]) & TypeMask) == TypeFile);
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Status(int folder, string path, int flags, uint mask, byte* buffer);
}
