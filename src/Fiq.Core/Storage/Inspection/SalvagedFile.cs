using Fiq.Files;

namespace Fiq.Storage.Inspection;

/// <summary>
/// A file of which some sectors can't be read any more: they read as zeros, so that what lies beside them is still
/// found, and what lay in them is damage like any other. Everything else is the file's own.
/// </summary>
internal sealed class SalvagedFile(IFile inner) : FileDecorator(inner)
{
    // The smallest piece that a disk reads.
    private const int SectorSize = 512;

    /// <summary>Bytes that could not be read, counted each time.</summary>
    public long UnreadableBytes { get; private set; }

    public override int Read(Span<byte> buffer, long position)
    {
        try
        {
            return Inner.Read(buffer, position);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            return ReadSectors(buffer, position);
        }
    }

    private int ReadSectors(Span<byte> buffer, long position)
    {
        int wanted = (int)Math.Clamp(Length - position, 0, buffer.Length);
        for (int at = 0; at < wanted;)
        {
            int size = (int)Math.Min(SectorSize - ((position + at) % SectorSize), wanted - at);
            ReadSector(buffer.Slice(at, size), position + at);
            at += size;
        }

        return wanted;
    }

    private void ReadSector(Span<byte> sector, long position)
    {
        try
        {
            sector[Inner.Read(sector, position)..].Clear();
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            UnreadableBytes += sector.Length;
            sector.Clear();
        }
    }
}
