using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>One question to a disk and its file system. A call that fails is a finding, and may be thrown.</summary>
internal interface IProbe
{
    /// <summary>The name of its finding; never changes.</summary>
    string Name { get; }

    /// <summary>Asks the question.</summary>
    Finding Run(ProbeRoom room);
}

/// <summary>Where probes work.</summary>
/// <param name="Files">The file system.</param>
/// <param name="Store">The folder in which queues lie; probes put nothing into it.</param>
/// <param name="Folder">A folder for the probes alone; all of it is removed afterwards.</param>
/// <param name="Partner">The second process; null where there is none.</param>
/// <param name="Time">The clock.</param>
internal sealed record ProbeRoom(
    IFileSystem Files, IDirectory Store, IDirectory Folder, IPartner? Partner, TimeProvider Time)
{
    /// <summary>Opens a file of the folder once more, with a description of its own.</summary>
    public IFile Reopen(string name) => Folder.TryOpenFile(name, writable: true)
        ?? throw new FileSystemException("open", name, Errno.NoEntry, "a file that was just made is not there");
}
