namespace Fiq.Simulation.Persistence;

/// <summary>
/// A bit that changes by itself, a sector that reads as zeros, or a block of the log that comes back as it once was,
/// anywhere in a file that holds truth (P8).
/// </summary>
/// <param name="model">Stands at the cut.</param>
/// <param name="random">Decides which.</param>
internal sealed class BitRot(CrashModel model, Random random)
{
    private const int SectorSize = 512;

    /// <summary>Spoils one place of what all processes saw; null when there is nothing to spoil.</summary>
    public CrashImage? TrySpoil()
    {
        DiskImage copy = model.Cache.Copy();
        (string Path, FileContent Content)[] truth = [.. copy.FilesByPath().Where(file => IsTruth(file.Path))];
        if (truth.Length == 0) return null;
        (string path, FileContent content) = truth[random.Next(truth.Length)];
        long[] blocks = [.. content.BlockNumbers.Where(number => number * FileContent.BlockSize < content.Length)];
        if (blocks.Length == 0) return null;
        long block = blocks[random.Next(blocks.Length)];
        string what = random.Next(6) switch
        {
            0 => ClearSector(content, block),
            1 or 2 when IsLog(path) && TryBringBack(copy, content, block) => $"block {block} as it was",
            _ => FlipBit(content, block),
        };
        return new CrashImage($"P8 {path} {what}", copy);
    }

    private string ClearSector(FileContent content, long block)
    {
        long sector = SomewhereIn(content, block) / SectorSize * SectorSize;
        content.Patch(new byte[Math.Min(SectorSize, content.Length - sector)], sector);
        return $"zeros from {sector}";
    }

    private string FlipBit(FileContent content, long block)
    {
        long position = SomewhereIn(content, block);
        Span<byte> one = stackalloc byte[1];
        content.Read(one, position);
        one[0] ^= (byte)(1 << random.Next(8));
        content.Patch(one, position);
        return $"byte {position}";
    }

    /// <summary>
    /// Puts a block as it was before some write; false when it was no other. Only in a log: that an offset file has
    /// lost its last record no file can know, and then messages come again.
    /// </summary>
    private bool TryBringBack(DiskImage disk, FileContent content, long block)
    {
        long inode = disk.Files.First(file => ReferenceEquals(file.Value, content)).Key;
        FileContent past = model.History.Start.Files.GetValueOrDefault(inode)?.Copy() ?? new FileContent();
        Written[] writes =
            [.. model.History.Events.Take(model.Cut).OfType<Written>().Where(each => each.Inode == inode)];
        foreach (Written write in writes.Take(random.Next(writes.Length + 1)))
            past.Write(write.Bytes.Span, write.Position);
        if (past.At(block)?.Hash == content.At(block)?.Hash) return false;
        content.Put(block, past.At(block));
        return true;
    }

    private long SomewhereIn(FileContent content, long block)
    {
        long start = block * FileContent.BlockSize;
        return start + random.Next((int)Math.Min(FileContent.BlockSize, content.Length - start));
    }

    private static bool IsLog(string path) => path.EndsWith(".log", StringComparison.Ordinal);

    private static bool IsTruth(string path) =>
        IsLog(path)
        || path.EndsWith("/offset", StringComparison.Ordinal)
        || path.EndsWith("/queue.json", StringComparison.Ordinal);
}
