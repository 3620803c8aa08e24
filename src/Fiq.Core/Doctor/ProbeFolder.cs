using Fiq.Engine;
using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>
/// The probes' own folder inside the store. Its name means nothing to anybody, and its lock says that its maker lives:
/// what a killed doctor leaves is removed by the next one.
/// </summary>
internal sealed class ProbeFolder : IDisposable
{
    private const string Prefix = "_doctor-";

    private readonly IDirectory _store;
    private readonly string _name;

    private ProbeFolder(IDirectory store, string name, IDirectory folder)
    {
        _store = store;
        _name = name;
        Directory = folder;
    }

    public IDirectory Directory { get; }

    public static ProbeFolder Create(IDirectory store, Func<ulong> random)
    {
        RemoveLeftOvers(store);
        while (true)
        {
            string name = $"{Prefix}{random():x16}";
            IDirectory folder = store.CreateDirectory(name);
            if (folder.TryLockExclusive() && store.TryStatus(name)?.Identity == folder.Identity)
                return new ProbeFolder(store, name, folder);
            // Another doctor took it for a left-over before it was locked, and removes it.
            folder.Dispose();
        }
    }

    public void Dispose()
    {
        try
        {
            FolderTree.RemoveContent(Directory);
            _store.TryRemoveDirectory(_name);
        }
        finally
        {
            Directory.Dispose();
        }
    }

    private static void RemoveLeftOvers(IDirectory store)
    {
        foreach (string entry in store.List())
        {
            if (!entry.StartsWith(Prefix, StringComparison.Ordinal)) continue;
            using IDirectory? folder = store.TryOpenDirectory(entry);
            if (folder is null || !folder.TryLockExclusive()) continue;
            FolderTree.RemoveContent(folder);
            store.TryRemoveDirectory(entry);
        }
    }
}
