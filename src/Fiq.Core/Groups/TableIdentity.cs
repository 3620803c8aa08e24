using System.Runtime.InteropServices;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// What makes a lease table ours: layout, queue, boot, generation of the group, and the random number that tells
/// its tokens from those of every other table. Written last when a table is built: without it there is no table.
/// </summary>
internal readonly record struct TableIdentity(ulong QueueId, Guid BootId, ulong Generation, ulong Random)
{
    /// <summary>The identity that the table states; null when it is unfinished or damaged.</summary>
    public static TableIdentity? TryRead(ISharedMemory memory)
    {
        Span<ulong> words = stackalloc ulong[TableLayout.IdentityWords];
        for (var i = 0; i < words.Length; i++)
            words[i] = memory.Load64(i * 8);
        var good = words[0] == TableLayout.Magic
            && words[1] == TableLayout.Version
            && words[2] == TableLayout.Length
            && words[^1] == Checksum(words);
        if (!good)
            return null;
        return new TableIdentity(words[3], new Guid(MemoryMarshal.AsBytes(words[4..6])), words[6], words[7]);
    }

    /// <summary>Says that there is no table.</summary>
    public static void Erase(ISharedMemory memory)
    {
        memory.Store64(TableLayout.MagicAt, 0);
        memory.Fence();
    }

    public void Write(ISharedMemory memory)
    {
        Span<ulong> words = stackalloc ulong[TableLayout.IdentityWords];
        words[0] = TableLayout.Magic;
        words[1] = TableLayout.Version;
        words[2] = TableLayout.Length;
        words[3] = QueueId;
        BootId.TryWriteBytes(MemoryMarshal.AsBytes(words[4..6]));
        words[6] = Generation;
        words[7] = Random;
        words[8] = (ulong)ProcessIdentity.Current.Pid;
        words[9] = Checksum(words);
        for (var i = words.Length - 1; i >= 0; i--)
            memory.Store64(i * 8, words[i]);
    }

    /// <summary>Another layout that is in use by others: its version, and the process that built it.</summary>
    public static (ulong Version, int Pid) ReadForeign(ISharedMemory memory) =>
        (memory.Load64(TableLayout.VersionAt), (int)memory.Load64(TableLayout.BuilderPidAt));

    private static ulong Checksum(ReadOnlySpan<ulong> words) => Crc32C.Compute(MemoryMarshal.AsBytes(words[1..^1]));
}
