using Fiq.Files;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Machine;

/// <summary>The door to the simulated machine for one process. Paths are below the disk's top.</summary>
internal sealed class SimFileSystem(SimProcess process) : IFileSystem
{
    public Guid BootId => process.Machine.BootId;

    public IDirectory OpenDirectory(string path)
    {
        process.Ask("open", path);
        DiskImage disk = process.Machine.History.Now;
        long inode = DiskImage.Root;
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
            if (!disk.Entries(inode).TryGetValue(part, out inode))
                throw new FileSystemException("open", path, Errno.NoEntry, "no such directory");
        return new SimDirectory(process, inode, path);
    }

    public IDirectory CreateDirectory(string path)
    {
        IDirectory directory = OpenDirectory("/");
        foreach (string part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            IDirectory parent = directory;
            directory = parent.TryOpenDirectory(part) ?? parent.CreateDirectory(part);
            parent.Dispose();
        }

        return directory;
    }
}
