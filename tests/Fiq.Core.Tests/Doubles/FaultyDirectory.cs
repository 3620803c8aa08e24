using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A directory whose calls may fail, and whose user may be killed before any of them.</summary>
internal sealed class FaultyDirectory(IDirectory inner, Faults faults) : IDirectory
{
    public string Path => inner.Path;

    public FileIdentity Identity => inner.Identity;

    public IReadOnlyList<string> List() => inner.List();

    public EntryStatus? TryStatus(string name)
    {
        faults.Look();
        return inner.TryStatus(name);
    }

    public IFile? TryOpenFile(string name, bool writable)
    {
        faults.Look();
        return inner.TryOpenFile(name, writable) is { } file ? new FaultyFile(file, faults) : null;
    }

    public IFile CreateFile(string name)
    {
        faults.Call("create", name);
        return new FaultyFile(inner.CreateFile(name), faults);
    }

    public IDirectory? TryOpenDirectory(string name) =>
        inner.TryOpenDirectory(name) is { } directory ? new FaultyDirectory(directory, faults) : null;

    public IDirectory CreateDirectory(string name)
    {
        faults.Call("mkdir", name);
        return new FaultyDirectory(inner.CreateDirectory(name), faults);
    }

    public void Rename(string from, string to)
    {
        faults.Call("rename", from);
        inner.Rename(from, to);
    }

    public bool TryRenameNoReplace(string from, string to)
    {
        faults.Call("rename", from);
        return inner.TryRenameNoReplace(from, to);
    }

    public bool TryUnlink(string name)
    {
        faults.Call("unlink", name);
        return inner.TryUnlink(name);
    }

    public bool TryRemoveDirectory(string name)
    {
        faults.Call("rmdir", name);
        return inner.TryRemoveDirectory(name);
    }

    public void Sync()
    {
        faults.Call("fsync", ".");
        inner.Sync();
    }

    public long FreeBytes() => inner.FreeBytes();

    public DirectoryFacts Facts() => inner.Facts();

    public bool TryLockExclusive() => inner.TryLockExclusive();

    public void Dispose() => inner.Dispose();
}
