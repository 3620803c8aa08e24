using System.Buffers.Binary;
using System.Text;

namespace Fiq.Files;

/// <summary>Reads the names in a directory with getdents64, through a description of its own.</summary>
internal static class PosixListing
{
    // Room for some hundred entries a call; one entry is at most 280 bytes.
    private const int BufferSize = 32 * 1024;

    // struct linux_dirent64: inode, next, record length, type, name until a zero byte.
    private const int RecordLengthAt = 16;
    private const int NameAt = 19;

    /// <summary>
    /// The names without <c>.</c> and <c>..</c>. One that is not UTF-8 comes out garbled: it is not ours, and
    /// asking for it finds nothing.
    /// </summary>
    public static unsafe IReadOnlyList<string> Names(Descriptor directory, string path)
    {
        // The cursor belongs to the description: two threads listing one directory must not share it.
        using Descriptor cursor = PosixOpening.TryDirectory(directory, ".", path, followLink: false)
            ?? throw SystemError.Of("open", path, Errno.NoEntry);
        var names = new List<string>();
        byte[] buffer = new byte[BufferSize];
        fixed (byte* start = buffer)
        {
            while (true)
            {
                nint count = LibcDirectories.List(Abi.CallListDirectory, cursor, start, BufferSize);
                if (count == 0) return names;
                if (count > 0)
                    Collect(buffer.AsSpan(0, (int)count), names);
                else if (!SystemError.IsInterrupted)
                    throw SystemError.Of("getdents64", path);
            }
        }
    }

    private static void Collect(ReadOnlySpan<byte> records, List<string> names)
    {
        while (records.Length > NameAt)
        {
            int length = BinaryPrimitives.ReadUInt16LittleEndian(records[RecordLengthAt..]);
            ReadOnlySpan<byte> name = records[NameAt..length];
            name = name[..name.IndexOf((byte)0)];
            if (!name.SequenceEqual("."u8) && !name.SequenceEqual(".."u8)) names.Add(Encoding.UTF8.GetString(name));
            records = records[length..];
        }
    }
}
