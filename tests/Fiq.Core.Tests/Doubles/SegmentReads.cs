using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A file system that counts the bytes read from the segments of one queue.</summary>
internal sealed class SegmentReads(IFileSystem inner, string queue) : IFileSystem
{
    private readonly string _queue = queue;
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public Guid BootId => inner.BootId;

    public IDirectory OpenDirectory(string path) => new Folder(inner.OpenDirectory(path), this);

    public IDirectory CreateDirectory(string path) => new Folder(inner.CreateDirectory(path), this);

    private sealed class Folder(IDirectory inner, SegmentReads reads) : DirectoryDecorator(inner)
    {
        public override IFile? TryOpenFile(string name, bool writable) =>
            Inner.TryOpenFile(name, writable) is not { } file ? null
            : System.IO.Path.GetFileName(Path) == reads._queue && name.EndsWith(".log", StringComparison.Ordinal)
                ? new Counted(file, reads)
                : file;

        public override IDirectory? TryOpenDirectory(string name) =>
            Inner.TryOpenDirectory(name) is { } folder ? new Folder(folder, reads) : null;

        public override IDirectory CreateDirectory(string name) => new Folder(Inner.CreateDirectory(name), reads);
    }

    private sealed class Counted(IFile inner, SegmentReads reads) : FileDecorator(inner)
    {
        public override int Read(Span<byte> buffer, long position)
        {
            int read = Inner.Read(buffer, position);
            Interlocked.Add(ref reads._bytes, read);
            return read;
        }
    }
}
