using Fiq.Engine;
using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Tests.Doctor;

/// <summary>The control page of a queue on disk, for tests that change it behind everybody's back.</summary>
internal sealed class LogFolderOfQueue : IDisposable
{
    private readonly IDirectory _folder;

    public LogFolderOfQueue(string path)
    {
        _folder = new PosixFileSystem().OpenDirectory(path);
        QueueId = QueueFile.Read(_folder).Id;
    }

    public ulong QueueId { get; }

    public void OnPage(Action<ControlPage> act)
    {
        using IFile control = ControlFile.Open(_folder, writable: true);
        using var page = new ControlPage(control.Map(ControlLayout.Size, writable: true));
        act(page);
    }

    public void Dispose() => _folder.Dispose();
}
