using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>Files that were cut, at every length; chunks that were lost, mixed up, or came back from earlier.</summary>
public sealed class CutFileTests
{
    private const int Sector = 512;
    private const int Block = 4096;

    [Fact]
    public async Task A_file_of_truth_that_was_cut_at_any_byte_is_named_or_lacks_nothing_and_is_not_made_longer()
    {
        SampleQueue sample = await SampleQueue.MakeSmallAsync();
        var law = new HonestDamage(sample);
        foreach (string file in Truth(sample))
        {
            long end = EndOf(sample, file);
            Cases.Each(end, length => law.HoldsForTheLog(Cut(sample, file, length, out Damage damage), damage));
            await Cases.EachAsync(
                end / 16, i => law.HoldsForAllAsync(Cut(sample, file, i * 16, out Damage damage), damage));
        }

        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Theory]
    [InlineData(Sector)]
    [InlineData(Block)]
    public async Task A_chunk_of_zeros_is_named_or_lacks_nothing(int size)
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        foreach ((string file, long at, int length) in Chunks(sample, size))
            await TryAsync(sample, law, file, at, new byte[length], "zeros");
        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Theory]
    [InlineData(Sector)]
    [InlineData(Block)]
    public async Task A_chunk_that_lies_in_the_place_of_another_is_named_or_lacks_nothing(int size)
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        var chunks = Chunks(sample, size).ToList();
        for (int to = 0; to < chunks.Count; to++)
        {
            // A few for each, near and far, in its own file and in others.
            foreach (int distance in (int[])[1, 2, 7, chunks.Count / 2])
            {
                (string file, long at, int length) = chunks[(to + distance) % chunks.Count];
                byte[] other = new byte[Math.Min(length, chunks[to].Size)];
                sample.Disk.BytesOf(file).Read(other, at);
                await TryAsync(sample, law, chunks[to].File, chunks[to].At, other, $"bytes of {file} {at}");
            }
        }

        law.Named.Should().BeGreaterThan(law.Cases / 2);
    }

    [Theory]
    [InlineData(Sector)]
    [InlineData(Block)]
    public async Task A_chunk_whose_last_writes_were_lost_is_named_or_lacks_nothing(int size)
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        foreach (MemoryDisk moment in sample.Moments)
        {
            foreach ((string file, long at, int length) in Chunks(sample, size))
            {
                if (moment.Find(file) is not MemoryNode earlier) continue;
                byte[] old = new byte[length];
                earlier.Bytes.Read(old, at);
                await TryAsync(sample, law, file, at, old, "an earlier state");
            }
        }

        law.Named.Should().BeGreaterThan(10);
    }

    [Fact]
    public async Task A_whole_batch_that_is_zero_or_another_ones_bytes_is_named()
    {
        SampleQueue sample = await SampleQueue.MakeLargeAsync();
        var law = new HonestDamage(sample);
        var batches = sample.Batches.SelectMany(each => each.Value.Select(at => (File: each.Key, At: at))).ToList();
        foreach ((string file, long at) in batches)
        {
            foreach ((string other, long from) in batches)
            {
                byte[] bytes = new byte[Block];
                sample.Disk.BytesOf(other).Read(bytes, from);
                await TryAsync(sample, law, file, at, bytes, $"the batch of {other} {from}");
            }

            await TryAsync(sample, law, file, at, new byte[Block], "a batch of zeros");
        }

        law.Named.Should().Be(law.Cases);
    }

    private static async Task TryAsync(
        SampleQueue sample, HonestDamage law, string file, long at, byte[] bytes, string what)
    {
        byte[] before = new byte[bytes.Length];
        sample.Disk.BytesOf(file).Read(before, at);
        int first = before.AsSpan().CommonPrefixLength(bytes);
        if (first == bytes.Length) return;
        MemoryDisk disk = sample.Disk.Copy();
        disk.BytesOf(file).Write(bytes, at);
        var damage = new Damage(file, at + first, at + bytes.Length, what);
        law.HoldsForTheLog(disk, damage);
        if (law.Cases % 4 == 0) await law.HoldsForAllAsync(disk, damage);
    }

    private static MemoryDisk Cut(SampleQueue sample, string file, long length, out Damage damage)
    {
        MemoryDisk disk = sample.Disk.Copy();
        disk.BytesOf(file).SetLength(length);
        damage = new Damage(file, length, EndOf(sample, file), "cut", Excused.Touching | Misplaced(length));
        return disk;
    }

    // An empty segment is none of ours, so what is named is the gap that it leaves.
    private static Excused Misplaced(long length) => length == 0 ? Excused.Misplaced : Excused.Nothing;

    private static IEnumerable<string> Truth(SampleQueue sample) =>
    [
        .. sample.Segments.Keys,
        SampleQueue.OffsetsOf(SampleQueue.DefaultGroup),
        SampleQueue.OffsetsOf(SampleQueue.AuditGroup),
        $"{SampleQueue.Folder}/queue.json",
    ];

    private static long EndOf(SampleQueue sample, string file) =>
        sample.Segments.TryGetValue(file, out long end)
            ? end
            : sample.Disk.Read(file).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;

    private static IEnumerable<(string File, long At, int Size)> Chunks(SampleQueue sample, int size)
    {
        foreach (string file in Truth(sample))
        {
            long end = EndOf(sample, file);
            for (long at = 0; at < end; at += size) yield return (file, at, (int)Math.Min(size, end - at));
        }
    }
}
