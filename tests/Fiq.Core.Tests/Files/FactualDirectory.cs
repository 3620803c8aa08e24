using Fiq.Files;

namespace Fiq.Tests.Files;

/// <summary>A directory that has facts and nothing else.</summary>
internal sealed class FactualDirectory(DirectoryFacts facts) : IDirectory
{
    public string Path => "/somewhere";

    public FileIdentity Identity => default;

    public DirectoryFacts Facts() => facts;

    public IReadOnlyList<string> List() => throw new NotSupportedException();

    public EntryStatus? TryStatus(string name) => throw new NotSupportedException();

    public IFile? TryOpenFile(string name, bool writable) => throw new NotSupportedException();

    public IFile CreateFile(string name) => throw new NotSupportedException();

    public IDirectory? TryOpenDirectory(string name) => throw new NotSupportedException();

    public IDirectory CreateDirectory(string name) => throw new NotSupportedException();

    public void Rename(string from, string to) => throw new NotSupportedException();

    public bool TryRenameNoReplace(string from, string to) => throw new NotSupportedException();

    public bool TryLink(string existing, string name) => throw new NotSupportedException();

    public bool TryUnlink(string name) => throw new NotSupportedException();

    public bool TryRemoveDirectory(string name) => throw new NotSupportedException();

    public void Sync() => throw new NotSupportedException();

    public long FreeBytes() => throw new NotSupportedException();

    public bool TryLockExclusive() => throw new NotSupportedException();

    public void Dispose()
    {
    }
}
