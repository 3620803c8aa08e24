using Fiq.Simulation.Persistence;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>A disk of the model as a real folder. Disposing removes it.</summary>
internal sealed class DiskOnDisk : IDisposable
{
    /// <summary>They are mapped, so their blocks must be there.</summary>
    private static readonly string[] Pages = ["control", "leases"];

    /// <param name="disk">What is to lie there.</param>
    /// <param name="rebooted">Whether pages are to be of another boot.</param>
    public DiskOnDisk(DiskImage disk, bool rebooted)
    {
        Path = Directory.CreateTempSubdirectory("fiq-state-").FullName;
        foreach (var directory in disk.DirectoriesByPath())
        {
            Directory.CreateDirectory(System.IO.Path.Combine(Path, directory));
        }

        foreach (var (path, content) in disk.FilesByPath())
        {
            Write(System.IO.Path.Combine(Path, path), content);
        }

        foreach (var path in Directory.EnumerateFiles(Path, "control", SearchOption.AllDirectories))
        {
            ControlPageOnDisk.Adopt(path, rebooted);
        }
    }

    public string Path { get; }

    public void Dispose() => Directory.Delete(Path, recursive: true);

    private static void Write(string path, FileContent content)
    {
        var room = Pages.Contains(System.IO.Path.GetFileName(path)) ? content.Length : 0;
        using var file = File.OpenHandle(
            path, FileMode.CreateNew, FileAccess.Write, FileShare.None, FileOptions.None, room);
        RandomAccess.SetLength(file, content.Length);
        foreach (var number in content.BlockNumbers)
        {
            var position = number * FileContent.BlockSize;
            var length = (int)Math.Min(FileContent.BlockSize, content.Length - position);
            if (length > 0)
            {
                RandomAccess.Write(file, content.At(number)!.Bytes.AsSpan(0, length), position);
            }
        }
    }
}
