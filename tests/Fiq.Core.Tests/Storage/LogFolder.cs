using Fiq.Files;

namespace Fiq.Tests.Storage;

/// <summary>
/// A folder for one test, in memory where the system offers that: these laws are about what processes see of each
/// other, and a real sync would only make them slow. Removed at its end.
/// </summary>
internal sealed class LogFolder : IDisposable
{
    private const string MemoryPath = "/dev/shm";

    public LogFolder()
    {
        string parent = Directory.Exists(MemoryPath) ? MemoryPath : System.IO.Path.GetTempPath();
        Path = System.IO.Path.Join(parent, $"fiq-test-{Guid.NewGuid():n}");
        Folder = Files.CreateDirectory(Path);
    }

    public PosixFileSystem Files { get; } = new();

    public string Path { get; }

    public IDirectory Folder { get; }

    public string PathOf(string name) => System.IO.Path.Join(Path, name);

    public void Dispose()
    {
        Folder.Dispose();
        Directory.Delete(Path, recursive: true);
    }
}
