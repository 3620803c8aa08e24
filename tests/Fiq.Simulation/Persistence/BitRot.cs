namespace Fiq.Simulation.Persistence;

/// <summary>
/// A bit that changes by itself, or a sector that reads as zeros, in a file that holds truth, anywhere (P8).
/// </summary>
internal static class BitRot
{
    private const int SectorSize = 512;

    /// <summary>Spoils one place; null when there is no such file.</summary>
    public static CrashImage? TrySpoil(DiskImage disk, Random random)
    {
        DiskImage copy = disk.Copy();
        (string Path, FileContent Content)[] truth = [.. copy.FilesByPath().Where(file => IsTruth(file.Path))];
        if (truth.Length == 0) return null;
        (string path, FileContent content) = truth[random.Next(truth.Length)];
        long[] blocks = [.. content.BlockNumbers.Where(number => number * FileContent.BlockSize < content.Length)];
        if (blocks.Length == 0) return null;
        long start = blocks[random.Next(blocks.Length)] * FileContent.BlockSize;
        long position = start + random.Next((int)Math.Min(FileContent.BlockSize, content.Length - start));
        if (random.Next(4) == 0)
        {
            long sector = position / SectorSize * SectorSize;
            content.Patch(new byte[Math.Min(SectorSize, content.Length - sector)], sector);
            return new CrashImage($"P8 {path} zeros from {sector}", copy);
        }

        Span<byte> one = stackalloc byte[1];
        content.Read(one, position);
        one[0] ^= (byte)(1 << random.Next(8));
        content.Patch(one, position);
        return new CrashImage($"P8 {path} byte {position}", copy);
    }

    private static bool IsTruth(string path) =>
        path.EndsWith(".log", StringComparison.Ordinal)
        || path.EndsWith("/offset", StringComparison.Ordinal)
        || path.EndsWith("/queue.json", StringComparison.Ordinal);
}
