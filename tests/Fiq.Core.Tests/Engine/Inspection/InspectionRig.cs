using System.Security.Cryptography;
using System.Text;
using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;
using Fiq.Storage.Inspection;
using Fiq.Tests.Groups;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>
/// A queue of several segments with known messages, whose files are then damaged as by a stranger. Three messages
/// fit into a segment.
/// </summary>
internal sealed class InspectionRig : IDisposable
{
    /// <summary>How many messages it has unless told otherwise.</summary>
    public const int Messages = 9;

    private const int BodyBytes = 700;

    private const long SmallSegmentBytes = 3_200;

    private readonly EngineRig _rig = new();

    public string QueuePath => _rig.PathOf("orders");

    public EngineRig Engine => _rig;

    /// <summary>The segments' paths, in order.</summary>
    public List<string> Segments => [.. Directory.GetFiles(QueuePath, "*.log").Order(StringComparer.Ordinal)];

    public string OffsetPath => PathOf("groups/default/offset");

    public static async Task<InspectionRig> MakeAsync(int settled = 0, int messages = Messages)
    {
        var rig = new InspectionRig();
        var settings = new QueueSettings { SegmentBytes = QueueSettings.SegmentBytesMin };
        await rig._rig.Open().CreateAsync(EngineRig.Orders, settings, CancellationToken.None);
        // Nobody may ask for such small segments; here they make a queue of many out of few messages.
        using (IDirectory folder = new PosixFileSystem().OpenDirectory(rig.QueuePath))
        {
            QueueFile file = QueueFile.Read(folder);
            folder.TryUnlink(QueueFile.Name);
            (file with { Settings = file.Settings with { SegmentBytes = SmallSegmentBytes } }).Create(folder);
        }

        await using (IQueueProducer producer = await rig._rig.ProducerAsync())
            for (int i = 0; i < messages; i++) await producer.SendAsync(BodyOf(i));
        await using (await rig._rig.ConsumerAsync())
        {
            // The group is there from now on.
        }

        if (settled > 0) rig.Settle(settled);
        return rig;
    }

    /// <summary>A group without messages: nothing is deleted before it had them.</summary>
    public async Task KeepAllAsync()
    {
        await using IQueueConsumer keeper = await _rig.ConsumerAsync("keeper", StartPosition.First);
    }

    // Below the engine, which deletes a segment once all of it is settled: here it shall be there to be damaged.
    private void Settle(int count)
    {
        using IDirectory store = new PosixFileSystem().OpenDirectory(_rig.Path);
        using QueueFolder folder = QueueFolder.TryOpen(store, EngineRig.Orders, new FolderOptions())!;
        using QueueLog log = folder.Attach();
        using IDirectory groupFolder = folder.TryOpenGroupDurably(GroupName.Default)!;
        var options = new GroupOptions(1, TimeSpan.FromSeconds(10), ControlLocks.WaitLimit);
        using ConsumerGroup group =
            ConsumerGroup.Attach(groupFolder, folder.GroupOf(GroupName.Default), options);
        foreach (Lease lease in group.Claim(count, log.Watermark.Offset))
        {
            SettledOffset[] ends =
                [.. lease.Offsets().Select(offset => new SettledOffset(lease.Token, offset, 500_000, Done: true))];
            group.Settle(ends, new bool[ends.Length]);
        }
    }

    public static string BodyOf(long offset) => new((char)('a' + offset % 26), BodyBytes);

    public string PathOf(string entry) => Path.Join(QueuePath, entry);

    public async Task<QueueInspection> VerifyAsync() =>
        await _rig.Open().VerifyAsync(EngineRig.Orders, CancellationToken.None)
            ?? throw new InvalidOperationException("there is no such queue");

    public async Task<RepairReport> RepairAsync(bool dryRun = false) =>
        await _rig.Open().RepairAsync(EngineRig.Orders, dryRun, CancellationToken.None)
            ?? throw new InvalidOperationException("there is no such queue");

    /// <summary>Where a message's batch stands: its segment, and its first and last byte.</summary>
    public (string Path, long From, long To) PlaceOf(long offset)
    {
        using IDirectory folder = new PosixFileSystem().OpenDirectory(QueuePath);
        QueueFile file = QueueFile.Read(folder);
        foreach (SegmentName name in SegmentList.Read(folder))
        {
            using SegmentFile segment = SegmentFile.TryOpen(folder, name, file.Id, writable: false)!;
            foreach (SegmentPiece piece in SegmentPieces.Of(segment, SegmentLimit.Proven(0)))
                if (piece.Batch.Kind == BatchKind.Data
                    && piece.Batch.BaseOffset <= offset && offset < piece.Batch.EndOffset)
                    return (PathOf(name.ToString()), piece.Batch.Position, piece.Batch.EndPosition);
        }

        throw new InvalidOperationException($"there is no message {offset}");
    }

    /// <summary>All messages that a new group gets, by their offsets, each checked against what was sent.</summary>
    public async Task<List<long>> DeliveredAsync(string group = "again")
    {
        await using IQueueConsumer consumer = await _rig.ConsumerAsync(group);
        var offsets = new List<long>();
        while (true)
        {
            IReadOnlyList<Delivery> taken = await consumer.TakeAsync();
            if (taken.Count == 0) return offsets;
            foreach (Delivery each in taken)
                Encoding.UTF8.GetString(each.Message.Body.Span).Should().Be(BodyOf(each.Offset), "of {0}", each.Offset);
            offsets.AddRange(taken.Select(each => each.Offset));
            await consumer.FinishAsync(taken);
        }
    }

    /// <summary>Every file of the queue by its name, with the hash of its bytes.</summary>
    public Dictionary<string, string> Files() =>
        Directory.GetFiles(QueuePath, "*", SearchOption.AllDirectories)
            .ToDictionary(path => Path.GetRelativePath(QueuePath, path), HashOf);

    public static string HashOf(string path) => Convert.ToHexString(SHA256.HashData(File.ReadAllBytes(path)));

    public void Dispose() => _rig.Dispose();
}

/// <summary>What strangers do to files.</summary>
internal static class Damages
{
    public static void Flip(string path, long at, int bit = 3) =>
        Change(path, at, [(byte)(Read(path, at) ^ (1 << bit))]);

    public static void Zero(string path, long from, int length) => Change(path, from, new byte[length]);

    public static void Cut(string path, long length)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.SetLength(length);
    }

    public static void Change(string path, long at, byte[] bytes)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        stream.Position = at;
        stream.Write(bytes);
    }

    private static byte Read(string path, long at)
    {
        using var stream = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        stream.Position = at;
        return (byte)stream.ReadByte();
    }
}
