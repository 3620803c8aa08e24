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
            int read = file.Read(bytes, 0);
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

    public void Dispose() => File.Dispose();
}
