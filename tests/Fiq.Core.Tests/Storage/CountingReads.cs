using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>A directory that counts the bytes read from its files.</summary>
internal sealed class CountingReads(IDirectory inner) : DirectoryDecorator(inner)
{
    private long _bytes;

    public long Bytes => Interlocked.Read(ref _bytes);

    public override IFile? TryOpenFile(string name, bool writable) =>
        Inner.TryOpenFile(name, writable) is { } file ? new Counted(file, this) : null;

    private sealed class Counted(IFile inner, CountingReads counts) : FileDecorator(inner)
    {
        public override int Read(Span<byte> buffer, long position)
        {
            int read = Inner.Read(buffer, position);
            Interlocked.Add(ref counts._bytes, read);
            return read;
        }
    }
}
