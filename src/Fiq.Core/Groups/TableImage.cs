using System.Buffers;
using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// A private copy of a lease table, for those who only look: taken without a lock, between two changes. Stores go to
/// the copy.
/// </summary>
internal sealed class TableImage : ISharedMemory
{
    // A change takes microseconds. A writer that died in the middle leaves an unfinished one, which the redo record
    // in the copy completes; that is not worth a longer wait.
    private const int TriesMax = 200;

    // As many entries as one change may take into use.
    private const int EntriesPerChangeMax = TableLayout.RedoPairsMax;

    // Rented: a look at each of many groups would otherwise leave five megabytes of garbage each time.
    private byte[] _bytes = ArrayPool<byte>.Shared.Rent(TableLayout.Length);

    private TableImage()
    {
    }

    public int Length => TableLayout.Length;

    /// <summary>A table of zeros.</summary>
    public static TableImage OfZeros()
    {
        var image = new TableImage();
        image._bytes.AsSpan(0, TableLayout.Length).Clear();
        return image;
    }

    /// <summary>Copies a table in use.</summary>
    public static TableImage Copy(ISharedMemory memory) => Copy(memory, TriesMax);

    /// <summary>
    /// Copies a table that nobody is attached to: what a dead writer left unfinished stays so, however long one waits.
    /// </summary>
    public static TableImage CopyUnattached(ISharedMemory memory) => Copy(memory, triesMax: 1);

    private static TableImage Copy(ISharedMemory memory, int triesMax)
    {
        var image = new TableImage();
        var spin = default(SpinWait);
        for (var i = 0; i < triesMax; i++)
        {
            var before = memory.Load64(TableLayout.ChangesAt);
            image.CopyFrom(memory);
            memory.Fence();
            if (before % 2 == 0 && memory.Load64(TableLayout.ChangesAt) == before)
                return image;
            spin.SpinOnce(sleep1Threshold: -1);
        }

        return image;
    }

    public ulong Load64(int at) => BinaryPrimitives.ReadUInt64LittleEndian(_bytes.AsSpan(at));

    public void Store64(int at, ulong value) => BinaryPrimitives.WriteUInt64LittleEndian(_bytes.AsSpan(at), value);

    public uint Load32(int at) => BinaryPrimitives.ReadUInt32LittleEndian(_bytes.AsSpan(at));

    public void Store32(int at, uint value) => BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(at), value);

    public uint Exchange32(int at, uint value)
    {
        var before = Load32(at);
        Store32(at, value);
        return before;
    }

    public uint Add32(int at, uint value)
    {
        Store32(at, Load32(at) + value);
        return Load32(at);
    }

    public ulong Or64(int at, ulong bits)
    {
        var before = Load64(at);
        Store64(at, before | bits);
        return before;
    }

    public ulong And64(int at, ulong bits)
    {
        var before = Load64(at);
        Store64(at, before & bits);
        return before;
    }

    public void Read(int at, Span<byte> buffer) => _bytes.AsSpan(at, buffer.Length).CopyTo(buffer);

    public void Write(int at, ReadOnlySpan<byte> content) => content.CopyTo(_bytes.AsSpan(at));

    public void Fence() => Interlocked.MemoryBarrier();

    /// <summary>Nobody else can change a private copy.</summary>
    public void Wait(int at, uint expected, TimeSpan timeout) => throw new NotSupportedException();

    public void WakeAll(int at) => throw new NotSupportedException();

    public void Dispose()
    {
        if (_bytes.Length > 0)
            ArrayPool<byte>.Shared.Return(_bytes);
        _bytes = [];
    }

    /// <summary>
    /// Only what is in use: entries end at the high-water mark, and behind it nobody looks further than one unfinished
    /// change may lead; such a change leaves out what stands there already. The rest of the rented bytes is as others
    /// left it.
    /// </summary>
    private void CopyFrom(ISharedMemory memory)
    {
        memory.Read(0, _bytes.AsSpan(0, TableLayout.JournalAt));
        var used = (int)Math.Clamp(
            (long)Load64(TableLayout.StateWordAt(TableWord.HighWater)), 0, TableLayout.EntryCount);
        _bytes.AsSpan(TableLayout.JournalAt, TableLayout.StartedAt - TableLayout.JournalAt).Clear();
        var reached = Math.Min(used + EntriesPerChangeMax, TableLayout.EntryCount);
        memory.Read(TableLayout.StartedAt, _bytes.AsSpan(TableLayout.StartedAt, reached * sizeof(ulong)));
        memory.Read(TableLayout.EntriesAt, _bytes.AsSpan(TableLayout.EntriesAt, reached * TableLayout.EntryLength));
    }
}
