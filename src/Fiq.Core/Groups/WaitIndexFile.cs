using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The file <c>wait</c>: room set aside for the index of messages that wait for their time, their key or another
/// attempt. Today only its header: magic, layout version, queue id, generation, 8 bytes each.
/// </summary>
internal static class WaitIndexFile
{
    public const string Name = "wait";
    public const int Length = 64 * 1024;
    private const ulong Version = 1;

    private static ReadOnlySpan<byte> Magic => "FIQWAIT1"u8;

    public static void Create(IDirectory groupFolder, OffsetFileHeader offsets)
    {
        Span<byte> header = stackalloc byte[32];
        Magic.CopyTo(header);
        BinaryPrimitives.WriteUInt64LittleEndian(header[8..], Version);
        BinaryPrimitives.WriteUInt64LittleEndian(header[16..], offsets.QueueId);
        BinaryPrimitives.WriteUInt64LittleEndian(header[24..], offsets.Generation);
        WholeFile.TryCreate(groupFolder, $"{Name}.new", Name, header, Length);
    }
}
