using Fiq.Files;

namespace Fiq.Tests.Files;

/// <summary>A folder of the real file system for one test, removed at its end.</summary>
internal sealed class TemporaryFolder : IDisposable
{
    public TemporaryFolder()
    {
        Path = System.IO.Directory.CreateTempSubdirectory("fiq-test-").FullName;
        Directory = Files.OpenDirectory(Path);
    }

    public PosixFileSystem Files { get; } = new();

    public string Path { get; }

    public IDirectory Directory { get; }

    public string PathOf(string name) => System.IO.Path.Join(Path, name);

    public void Dispose()
    {
        Directory.Dispose();
        System.IO.Directory.Delete(Path, recursive: true);
    }
}
