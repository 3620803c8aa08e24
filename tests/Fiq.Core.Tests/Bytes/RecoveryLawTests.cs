using Fiq.Engine;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;
using Fiq.Tests.Engine;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Bytes;

/// <summary>Recovering again changes nothing, looking changes nothing, and history costs no memory.</summary>
public sealed class RecoveryLawTests
{
    [Fact]
    public async Task A_second_recovery_leaves_every_byte_of_truth_as_the_first_one_left_it()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        int changed = 0;
        foreach (MemoryDisk moment in sample.Moments)
        {
            foreach (bool withPage in (bool[])[true, false])
            {
                MemoryDisk disk = moment.Copy();
                if (!withPage) disk.Put($"{SampleQueue.Folder}/{ControlFile.Name}", new byte[ControlLayout.Size]);
                MemoryDisk first = Recovered(disk);
                MemoryDisk second = Recovered(first);
                Truth(second).Zip(Truth(first)).Should().OnlyContain(pair => SameBytes(pair.First, pair.Second));
                Truth(second).Should().HaveSameCount(Truth(first));
                if (Truth(first).Count != Truth(disk).Count) changed++;
            }
        }

        changed.Should().BeGreaterThan(2, "some of them had something to recover");
    }

    [Fact]
    public async Task A_look_at_a_real_folder_changes_no_byte_and_no_time_of_any_file()
    {
        using var rig = new EngineRig();
        await rig.ProduceAsync("a", "b", "c");
        await using (IQueueConsumer member = await rig.ConsumerAsync())
        {
            await member.TakeAsync(2);
            await ChangesNothingAsync(rig);
        }

        await ChangesNothingAsync(rig);
        File.WriteAllBytes(rig.PathOf("orders/control"), new byte[ControlLayout.Size]);
        await ChangesNothingAsync(rig);
    }

    [Fact]
    public void What_recovery_allocates_and_reads_does_not_grow_with_what_lies_before_the_tail()
    {
        (long Allocated, long Read) small = CostOfRecovery(segments: 2);
        (long Allocated, long Read) large = CostOfRecovery(segments: 100);
        large.Read.Should().Be(small.Read);
        // The directory's names are all that there is more of.
        (large.Allocated - small.Allocated).Should().BeLessThan(98 * 2000);
    }

    [Fact]
    public void What_recovery_allocates_does_not_grow_with_the_tail_itself()
    {
        long small = CostOfTail(messages: 50);
        long large = CostOfTail(messages: 2500);
        large.Should().BeLessThan(small + 64 * 1024);
    }

    private static MemoryDisk Recovered(MemoryDisk disk)
    {
        MemoryDisk used = disk.Copy();
        using QueueFolder folder = SampleQueue.OpenFolder(used);
        folder.Attach().Dispose();
        return used.Copy();
    }

    private static List<(string Path, MemoryBytes Bytes)> Truth(MemoryDisk disk) =>
        [.. disk.Files(SampleQueue.Folder).Where(file => Path.GetFileName(file.Path) is not "control")];

    private static bool SameBytes((string Path, MemoryBytes Bytes) left, (string Path, MemoryBytes Bytes) right) =>
        left.Path == right.Path && left.Bytes.SameAs(right.Bytes);

    private static async Task ChangesNothingAsync(EngineRig rig)
    {
        List<string> before = State(rig.Path);
        await rig.Open().DescribeAsync(EngineRig.Orders, CancellationToken.None);
        await rig.Open().ListAsync(CancellationToken.None);
        // A living member beats in its table, which is shared memory and no file that a look has written.
        State(rig.Path).Should().Equal(before);
    }

    private static List<string> State(string path) =>
    [
        .. from file in new DirectoryInfo(path).EnumerateFileSystemInfos("*", SearchOption.AllDirectories)
           where file.Name != "leases"
           orderby file.FullName
           let bytes = file is FileInfo ? Convert.ToHexString(
               System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file.FullName))) : ""
           select $"{file.FullName} {file.LastWriteTimeUtc:O} {bytes}",
    ];

    private static (long Allocated, long Read) CostOfRecovery(int segments)
    {
        using var rig = new LogRig(LogRig.SmallSegmentBytes);
        using (QueueLog log = rig.Attach())
            for (int i = 0; i < segments; i++) log.Append(new string('m', 5000));
        rig.Segments.Should().HaveCount(segments);
        return CostOf(rig);
    }

    private static long CostOfTail(int messages)
    {
        using var rig = new LogRig();
        using (QueueLog log = rig.Attach())
            for (int i = 0; i < messages; i++) log.Append(new string('m', 500));
        TornEnd.WipePage(rig);
        return CostOf(rig).Allocated;
    }

    private static (long Allocated, long Read) CostOf(LogRig rig)
    {
        // Once before, so that what the first call of a method costs is paid, and pools are filled.
        var copy = new CountingReads(rig.Folder);
        rig.Reboot();
        LogView.Open(rig.Context, () => 0).Dispose();
        long before = GC.GetAllocatedBytesForCurrentThread();
        LogView.Open(rig.Context with { Folder = copy }, () => 0).Dispose();
        return (GC.GetAllocatedBytesForCurrentThread() - before, copy.Bytes);
    }
}
