using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A directory whose calls may fail, and whose user may be killed before any of them.</summary>
internal sealed class FaultyDirectory(IDirectory inner, Faults faults) : DirectoryDecorator(inner)
{
    public override EntryStatus? TryStatus(string name)
    {
        faults.Look();
        return Inner.TryStatus(name);
    }

    public override IFile? TryOpenFile(string name, bool writable)
    {
        faults.Look();
        return Inner.TryOpenFile(name, writable) is { } file ? new FaultyFile(file, faults) : null;
    }

    public override IFile CreateFile(string name)
    {
        faults.Call("create", name);
        return new FaultyFile(Inner.CreateFile(name), faults);
    }

    public override IDirectory? TryOpenDirectory(string name) =>
        Inner.TryOpenDirectory(name) is { } directory ? new FaultyDirectory(directory, faults) : null;

    public override IDirectory CreateDirectory(string name)
    {
        faults.Call("mkdir", name);
        return new FaultyDirectory(Inner.CreateDirectory(name), faults);
    }

    public override void Rename(string from, string to)
    {
        faults.Call("rename", from);
        Inner.Rename(from, to);
    }

    public override bool TryRenameNoReplace(string from, string to)
    {
        faults.Call("rename", from);
        return Inner.TryRenameNoReplace(from, to);
    }

    public override bool TryLink(string existing, string name)
    {
        faults.Call("link", name);
        return Inner.TryLink(existing, name);
    }

    public override bool TryUnlink(string name)
    {
        faults.Call("unlink", name);
        return Inner.TryUnlink(name);
    }

    public override bool TryRemoveDirectory(string name)
    {
        faults.Call("rmdir", name);
        return Inner.TryRemoveDirectory(name);
    }

    public override void Sync()
    {
        faults.Call("fsync", ".");
        Inner.Sync();
    }
}
