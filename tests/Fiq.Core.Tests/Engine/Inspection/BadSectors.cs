using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>A file system on a disk with bytes, in some files, that answer every read with an error.</summary>
internal sealed class BadSectors(IFileSystem inner, Func<string, bool> isOn, long from, long to) : IFileSystem
{
    public Guid BootId => inner.BootId;

    public IDirectory OpenDirectory(string path) => new Folder(inner.OpenDirectory(path), this);

    public IDirectory CreateDirectory(string path) => new Folder(inner.CreateDirectory(path), this);

    private void Check(string name, long position, int length)
    {
        if (isOn(name) && position < to && position + length > from)
            throw new FileSystemException("pread", name, Errno.InputOutput, "Input/output error");
    }

    private sealed class Folder(IDirectory inner, BadSectors disk) : DirectoryDecorator(inner)
    {
        public override IFile? TryOpenFile(string name, bool writable) =>
            Inner.TryOpenFile(name, writable) is { } file ? new Sectors(file, disk) : null;

        public override IDirectory? TryOpenDirectory(string name) =>
            Inner.TryOpenDirectory(name) is { } folder ? new Folder(folder, disk) : null;
    }

    private sealed class Sectors(IFile inner, BadSectors disk) : FileDecorator(inner)
    {
        public override int Read(Span<byte> buffer, long position)
        {
            disk.Check(Name, position, (int)Math.Min(buffer.Length, Math.Max(0, Length - position)));
            return Inner.Read(buffer, position);
        }
    }
}
