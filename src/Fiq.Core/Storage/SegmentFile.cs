using Fiq.Files;

namespace Fiq.Storage;

/// <summary>An open segment: its file and its checked header. Owns the descriptor.</summary>
internal sealed class SegmentFile : IDisposable
{
    private SegmentFile(IFile file, SegmentHeader header)
    {
        File = file;
        Header = header;
    }

    public IFile File { get; }

    public SegmentHeader Header { get; }

    public SegmentName Name => Header.Name;

    /// <summary>
    /// Opens a segment and checks that its header says what its name says, and that it is of this queue.
    /// </summary>
    /// <exception cref="DamagedException">It is not.</exception>
    /// <returns>Null when there is no such file.</returns>
    public static SegmentFile? TryOpen(IDirectory folder, SegmentName name, ulong queueId, bool writable)
    {
        IFile? file = folder.TryOpenFile(name.ToString(), writable);
        if (file is null) return null;
        try
        {
            Span<byte> bytes = stackalloc byte[SegmentHeader.Size];
            int read = Read(file, file.Name, bytes, 0);
            SegmentHeader header = SegmentHeader.Decode(file.Name, bytes[..read]);
            if (header.Name != name)
                throw new DamagedException(file.Name, 0, SegmentHeader.Size, $"its header says it is {header.Name}");
            if (header.QueueId != queueId)
                throw new DamagedException(file.Name, 0, SegmentHeader.Size, "it belongs to another queue");
            return new SegmentFile(file, header);
        }
        catch
        {
            file.Dispose();
            throw;
        }
    }

    /// <summary>Takes a file that was just written.</summary>
    public static SegmentFile Adopt(IFile file, SegmentHeader header) => new(file, header);

    /// <summary>Reads until the buffer is full or the file ends; returns the number of bytes read.</summary>
    /// <exception cref="DamagedException">The medium does not give these bytes back.</exception>
    public int Read(Span<byte> buffer, long position) => Read(File, Name.ToString(), buffer, position);

    /// <summary>The first byte at or behind a position that is not zero; null when all to the end are.</summary>
    /// <exception cref="DamagedException">The medium does not give some of them back.</exception>
    public long? FindNonZero(long from)
    {
        try
        {
            return BatchBody.FindNonZero(File, from);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            throw Unreadable(Name.ToString(), from, File.Length, error);
        }
    }

    public void Dispose() => File.Dispose();

    // What can't be read is as lost as what is garbled, and only those who need it are refused.
    private static DamagedException Unreadable(string name, long from, long to, FileSystemException error) =>
        new(name, from, to, $"it can't be read: {error.Message}");

    private static int Read(IFile file, string name, Span<byte> buffer, long position)
    {
        try
        {
            return file.Read(buffer, position);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            throw Unreadable(name, position, position + buffer.Length, error);
        }
    }
}
