using System.Buffers.Binary;
using System.Globalization;
using System.Text;
using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// A trace written by hand: a store `s` with a queue `orders` that has one segment, all durable, to which a test adds
/// what a fiq with a bug would do. Each call takes a moment and ends before the next begins.
/// </summary>
internal sealed class BadTrace
{
    public const int Store = 1;
    public const int Queue = 2;
    public const int Segment = 3;
    public const int Groups = 4;
    public const int Group = 5;
    public const int Offset = 6;
    public const string SegmentName = "00000001-00000000000000000000.log";
    public const string NextName = "00000002-00000000000000000002.log";
    private const int Process = 0;

    private readonly List<StoreCall> _calls = [];
    private int _last = StoreNames.Root;
    private long _now;

    public IReadOnlyList<string> Breaches => TraceLaws.Breaches(_calls);

    /// <summary>A store with a queue, a segment and a group, as fiq makes them.</summary>
    public static BadTrace WithQueue()
    {
        var trace = new BadTrace();
        trace.Make(StoreNames.Root, "s", isDirectory: true);
        trace.Sync(StoreNames.Root);
        trace.Make(Store, ".new-1", isDirectory: true);
        trace.MakeTruth(Queue, SegmentName, []);
        trace.Make(Queue, "groups", isDirectory: true);
        trace.Make(Groups, "default", isDirectory: true);
        trace.MakeTruth(Group, "offset", []);
        trace.Sync(Group);
        trace.Sync(Groups);
        trace.Sync(Queue);
        trace.Rename(Store, ".new-1", "orders");
        trace.Sync(Store);
        return trace;
    }

    /// <summary>A file of truth under a temporary name, written, synced and named; its folder is not synced.</summary>
    public int MakeTruth(int directory, string name, ReadOnlySpan<byte> bytes, bool synced = true)
    {
        var file = Make(directory, $"{name}.tmp");
        Write(file, 0, bytes.Length > 0 ? bytes : new byte[8]);
        if (synced)
        {
            Sync(file);
        }

        Rename(directory, $"{name}.tmp", name);
        return file;
    }

    public int Make(int directory, string name, bool isDirectory = false)
    {
        _calls.Add(new Made(Process, Next(), directory, name, ++_last, isDirectory));
        return _last;
    }

    public void Write(int file, long position, ReadOnlySpan<byte> bytes, int process = Process) =>
        _calls.Add(new Written(process, Next(), file, position, bytes.ToArray()));

    public void Sync(int inode, bool succeeded = true) => _calls.Add(new Synced(Process, Next(), inode, succeeded));

    /// <summary>A sync that begins before the last call and returns after it.</summary>
    public void SyncAroundLast(int inode)
    {
        var last = _calls[^1].When;
        _calls.Insert(_calls.Count - 1, new Synced(Process, new Interval(last.Start - 1, Next().End), inode, true));
    }

    public void Rename(int directory, string from, string to) =>
        _calls.Add(new Renamed(Process, Next(), directory, from, to));

    public void Unlink(int directory, string name) =>
        _calls.Add(new Unlinked(Process, Next(), directory, name, IsDirectory: false));

    public void Map(int file) => _calls.Add(new Mapped(Process, Next(), file));

    public void Tell(string line) => _calls.Add(new Told(Process, Next(), line + "\n"));

    public void Ack(long offset) => Tell(string.Create(CultureInfo.InvariantCulture, $"acked #{offset} k{offset}"));

    /// <summary>A batch of one message, as it lies in a segment.</summary>
    public static byte[] Batch(long offset)
    {
        var key = Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"k{offset}"));
        var batch = new byte[128 + 64 + 8];
        "FIQB"u8.CopyTo(batch);
        batch[4] = 1;
        BinaryPrimitives.WriteInt64LittleEndian(batch.AsSpan(24), offset);
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(32), 1);
        BinaryPrimitives.WriteInt32LittleEndian(batch.AsSpan(36), batch.Length - 128);
        var record = batch.AsSpan(128);
        BinaryPrimitives.WriteInt32LittleEndian(record, record.Length);
        BinaryPrimitives.WriteUInt16LittleEndian(record[48..], (ushort)key.Length);
        key.CopyTo(record[64..]);
        return batch;
    }

    /// <summary>A segment's header that states the end of the one before.</summary>
    public static byte[] HeaderAfter(long ordinal, long position)
    {
        var header = new byte[256];
        "FIQSEG1\n"u8.CopyTo(header);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(56), ordinal);
        BinaryPrimitives.WriteInt64LittleEndian(header.AsSpan(64), position);
        return header;
    }

    /// <summary>A record of an offset file.</summary>
    public static byte[] Floor(long floor)
    {
        var record = new byte[72];
        "FQOR"u8.CopyTo(record);
        BinaryPrimitives.WriteInt64LittleEndian(record.AsSpan(24), floor);
        return record;
    }

    private Interval Next()
    {
        _now += 10;
        return new Interval(_now, _now + 5);
    }
}
