namespace Fiq.Crash.Tests.Disks;

/// <summary>Takes the room of a file system away.</summary>
internal static class FullDisk
{
    private const int NoSpace = 28;

    /// <summary>Makes a file as large as it will go, and gives back so many bytes.</summary>
    public static void Fill(string path, long spare = 0)
    {
        using var file = new FileStream(path, FileMode.Create, FileAccess.Write, FileShare.None, bufferSize: 0);
        foreach (var size in new[] { 1024 * 1024, 64 * 1024, 4 * 1024, 1024 })
        {
            while (TryWrite(file, new byte[size]))
            {
                file.Flush(flushToDisk: true);
            }
        }

        if (spare > 0)
        {
            file.SetLength(Math.Max(0, file.Length - spare));
            file.Flush(flushToDisk: true);
        }
    }

    private static bool TryWrite(FileStream file, byte[] block)
    {
        try
        {
            file.Write(block);
            return true;
        }
        catch (IOException error) when (error.HResult == NoSpace)
        {
            return false;
        }
    }
}
