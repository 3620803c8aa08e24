using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>
/// A control page that was seen in one folder, made that of another: it names files by their inodes, and after a power
/// cut those are the same as before. Knows its places from docs/format.md and shares no code with fiq.
/// </summary>
internal static partial class ControlPageOnDisk
{
    private const int BootIdAt = 24;
    private const int IdentityCrcAt = 40;
    private const int TailFileAt = 48;
    private const int TailSelectorAt = 64;
    private const int TailCopiesAt = 256;
    private const int CopyStride = 128;
    private const int OwnFileAt = 800;

    /// <summary>Does nothing to a page that is empty: then it was never used, or not written back.</summary>
    public static void Adopt(string path, bool rebooted)
    {
        var page = File.ReadAllBytes(path);
        if (page.Length <= OwnFileAt || !page.AsSpan().StartsWith("FIQCTRC1"u8))
        {
            return;
        }

        var copy = TailCopiesAt + ((page[TailSelectorAt] & 1) * CopyStride);
        var epoch = BinaryPrimitives.ReadInt64LittleEndian(page.AsSpan(copy));
        var segment = Directory.EnumerateFiles(Path.GetDirectoryName(path)!, $"{epoch:D8}-*.log").FirstOrDefault();
        WriteIdentity(page.AsSpan(TailFileAt), segment);
        WriteIdentity(page.AsSpan(OwnFileAt), path);
        if (rebooted)
        {
            page[BootIdAt] ^= 1;
            BinaryPrimitives.WriteUInt32LittleEndian(page.AsSpan(IdentityCrcAt), Crc32C(page.AsSpan(0, IdentityCrcAt)));
        }

        // In place: another file would have another inode.
        using var file = File.OpenHandle(path, FileMode.Open, FileAccess.Write);
        RandomAccess.Write(file, page, 0);
    }

    /// <summary>Device and inode; zeros when there is no such file any more.</summary>
    private static unsafe void WriteIdentity(Span<byte> place, string? path)
    {
        const int workingFolder = -100;
        const uint inodeWanted = 0x100;
        var status = stackalloc byte[256];
        if (path is not null && Status(workingFolder, path, 0, inodeWanted, status) != 0)
        {
            throw new IOException($"statx {path}: errno {Marshal.GetLastPInvokeError()}");
        }

        // struct statx: the inode at 32, the device's two numbers at 136 and 140.
        var found = new ReadOnlySpan<byte>(status, 256);
        var (inode, major, minor) = path is null
            ? (0, 0, 0)
            : (BinaryPrimitives.ReadUInt64LittleEndian(found[32..]),
                BinaryPrimitives.ReadUInt32LittleEndian(found[136..]),
                BinaryPrimitives.ReadUInt32LittleEndian(found[140..]));
        BinaryPrimitives.WriteUInt64LittleEndian(place, ((ulong)major << 32) | minor);
        BinaryPrimitives.WriteUInt64LittleEndian(place[8..], inode);
    }

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var each in bytes)
        {
            crc = BitOperations.Crc32C(crc, each);
        }

        return ~crc;
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static unsafe partial int Status(int directory, string path, int flags, uint mask, byte* status);
}
