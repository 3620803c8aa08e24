using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A file system whose calls may fail, and whose user may be killed before any of them.</summary>
internal sealed class FaultyFileSystem(IFileSystem inner, Faults faults) : IFileSystem
{
    public Guid BootId => inner.BootId;

    public IDirectory OpenDirectory(string path) => new FaultyDirectory(inner.OpenDirectory(path), faults);

    public IDirectory CreateDirectory(string path) => new FaultyDirectory(inner.CreateDirectory(path), faults);
}
