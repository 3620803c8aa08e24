using System.Text;
using Fiq.Engine;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;
using Fiq.Tests.Engine;

namespace Fiq.Tests.Bytes;

/// <summary>Files that are whole in themselves and do not belong where they lie.</summary>
public sealed class ForeignFileTests
{
    [Fact]
    public async Task A_segment_of_another_queue_or_of_an_older_generation_is_refused()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        SampleQueue stranger = await SampleQueue.MakeSmallAsync(seed: 2);
        var law = new HonestDamage(sample);
        foreach ((string mine, string others) in sample.Segments.Keys.Zip(stranger.Segments.Keys))
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.Put(mine, stranger.Disk.Read(others));
            await law.HoldsForAllAsync(disk, new Damage(mine, 0, 1000, "another queue's segment"));
            law.HoldsForTheLog(disk, new Damage(mine, 0, 1000, "another queue's segment"));
        }

        law.Named.Should().Be(law.Cases);
    }

    [Fact]
    public async Task Settings_and_offsets_of_another_queue_are_refused()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        SampleQueue stranger = await SampleQueue.MakeSmallAsync(seed: 2);
        var law = new HonestDamage(sample);
        foreach (string file in Truth(sample).Except(sample.Segments.Keys))
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.Put(file, stranger.Disk.Read(file));
            await law.HoldsForAllAsync(disk, new Damage(file, 0, 1000, "another queue's", Excused.Misplaced));
        }

        law.Named.Should().Be(law.Cases);
    }

    [Fact]
    public async Task Any_two_files_of_truth_that_changed_places_are_refused()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        string[] files = [.. Truth(sample)];
        for (int i = 0; i < files.Length; i++)
        {
            for (int j = 0; j < i; j++)
            {
                MemoryDisk disk = sample.Disk.Copy();
                disk.Put(files[i], sample.Disk.Read(files[j]));
                disk.Put(files[j], sample.Disk.Read(files[i]));
                var damage = new Damage(files[i], 0, 1, $"swapped with {files[j]}", Excused.Misplaced);
                await law.HoldsForAllAsync(disk, damage);
            }
        }

        law.Named.Should().Be(law.Cases);
    }

    [Fact]
    public async Task A_file_of_truth_that_was_removed_or_emptied_is_named()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        string[] needed = [.. Truth(sample), $"{SampleQueue.Folder}/control", $"{SampleQueue.Folder}/groups"];
        foreach (string file in needed)
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.Remove(file);
            var damage = new Damage(file, 0, 1, "removed", Excused.Misplaced);
            law.HoldsForTheLog(disk, damage);
            await law.HoldsForAllAsync(disk, damage);
            if (file.EndsWith("/groups", StringComparison.Ordinal)) continue;
            disk = sample.Disk.Copy();
            disk.Put(file, []);
            await law.HoldsForAllAsync(disk, damage with { What = "emptied" });
        }

        law.Named.Should().Be(law.Cases);
    }

    [Fact]
    public async Task A_copy_of_a_segment_under_any_name_that_could_be_one_is_refused_or_harmless()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach (string file in sample.Segments.Keys)
        {
            foreach (int ordinal in (int[])[1, 3, 4, 5, 6])
            {
                foreach (int offset in (int[])[0, 4, 8, 9])
                {
                    string name = $"{SampleQueue.Folder}/{ordinal:D8}-{offset:D20}.log";
                    MemoryDisk disk = sample.Disk.Copy();
                    disk.Put(name, sample.Disk.Read(file));
                    await law.HoldsForAllAsync(disk, new Damage(name, 0, 1, $"a copy of {file}", Excused.Misplaced));
                }
            }
        }

        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Fact]
    public async Task Files_with_names_of_nobody_are_passed_over()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        string[] names = ["notes.txt", "00000001-0.log", "4.log", "00000009-00000000000000000009.LOG", "x.torn"];
        foreach (string name in names)
        {
            MemoryDisk disk = sample.Disk.Copy();
            disk.Put($"{SampleQueue.Folder}/{name}", Encoding.UTF8.GetBytes("somebody's"));
            await law.HoldsForAllAsync(disk, new Damage(name, 0, 1, "a foreign file"));
        }

        law.Named.Should().Be(0);
    }

    [Fact]
    public async Task A_segment_as_it_was_earlier_is_named()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach (MemoryDisk moment in sample.Moments)
        {
            foreach ((string file, long end) in sample.Segments)
            {
                if (moment.Find(file) is null) continue;
                byte[] old = moment.Read(file);
                byte[] now = sample.Disk.Read(file);
                int first = old.AsSpan().CommonPrefixLength(now);
                if (first >= end) continue;
                MemoryDisk disk = sample.Disk.Copy();
                disk.BytesOf(file).SetLength(0);
                disk.BytesOf(file).Write(old, 0);
                await law.HoldsForAllAsync(disk, new Damage(file, first, end, "as it was earlier", Excused.Touching));
            }
        }

        law.Named.Should().Be(law.Cases).And.BeGreaterThan(4);
    }

    [Fact]
    public async Task Groups_that_are_ahead_of_the_log_are_believed_and_the_log_is_named()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        // A day later, from a backup: the log as it was, the offsets as they are.
        MemoryDisk ahead = sample.Disk.Copy();
        await using (IQueueConsumer consumer = await SampleQueue.ConsumerAsync(ahead, SampleQueue.DefaultGroup))
            await consumer.FinishAsync(await consumer.TakeAsync());
        MemoryDisk disk = sample.Moments[^2].Copy();
        string offsets = SampleQueue.OffsetsOf(SampleQueue.DefaultGroup);
        disk.Put(offsets, ahead.Read(offsets));
        disk.Put($"{SampleQueue.Folder}/control", new byte[ControlLayout.Size]);
        await law.HoldsForAllAsync(disk, new Damage(sample.Tail, sample.LastBatchAt, long.MaxValue, "behind"));
        law.Named.Should().Be(1);
    }

    private static IEnumerable<string> Truth(SampleQueue sample) =>
    [
        .. sample.Segments.Keys,
        SampleQueue.OffsetsOf(SampleQueue.DefaultGroup),
        SampleQueue.OffsetsOf(SampleQueue.AuditGroup),
        $"{SampleQueue.Folder}/queue.json",
    ];
}
