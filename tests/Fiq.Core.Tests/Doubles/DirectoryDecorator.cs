using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A directory that is another one in everything that is not overridden.</summary>
internal abstract class DirectoryDecorator(IDirectory inner) : IDirectory
{
    public string Path => inner.Path;

    public FileIdentity Identity => inner.Identity;

    /// <summary>The other one.</summary>
    protected IDirectory Inner => inner;

    public virtual IReadOnlyList<string> List() => inner.List();

    public virtual EntryStatus? TryStatus(string name) => inner.TryStatus(name);

    public virtual IFile? TryOpenFile(string name, bool writable) => inner.TryOpenFile(name, writable);

    public virtual IFile CreateFile(string name) => inner.CreateFile(name);

    public virtual IDirectory? TryOpenDirectory(string name) => inner.TryOpenDirectory(name);

    public virtual IDirectory CreateDirectory(string name) => inner.CreateDirectory(name);

    public virtual void Rename(string from, string to) => inner.Rename(from, to);

    public virtual bool TryRenameNoReplace(string from, string to) => inner.TryRenameNoReplace(from, to);

    public virtual bool TryLink(string existing, string name) => inner.TryLink(existing, name);

    public virtual bool TryUnlink(string name) => inner.TryUnlink(name);

    public virtual bool TryRemoveDirectory(string name) => inner.TryRemoveDirectory(name);

    public virtual void Sync() => inner.Sync();

    public virtual long FreeBytes() => inner.FreeBytes();

    public virtual DirectoryFacts Facts() => inner.Facts();

    public virtual bool TryLockExclusive() => inner.TryLockExclusive();

    public virtual void Dispose() => inner.Dispose();
}
