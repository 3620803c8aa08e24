using Fiq.Files;

namespace Fiq.Storage.Inspection;

/// <summary>
/// A file of which some sectors can't be read any more: they read as zeros, so that what lies beside them is still
/// found, and what lay in them is damage like any other. Everything else is the file's own.
/// </summary>
internal sealed class SalvagedFile(IFile inner) : IFile
{
    // The smallest piece that a disk reads.
    private const int SectorSize = 512;

    /// <summary>Bytes that could not be read, counted each time.</summary>
    public long UnreadableBytes { get; private set; }

    public string Name => inner.Name;

    public FileIdentity Identity => inner.Identity;

    public long Length => inner.Length;

    public long AllocatedBytes => inner.AllocatedBytes;

    public int Read(Span<byte> buffer, long position)
    {
        try
        {
            return inner.Read(buffer, position);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            return ReadSectors(buffer, position);
        }
    }

    public void Write(ReadOnlySpan<byte> bytes, long position) => inner.Write(bytes, position);

    public void SyncData() => inner.SyncData();

    public void Sync() => inner.Sync();

    public void Allocate(long length) => inner.Allocate(length);

    public void SetLength(long length) => inner.SetLength(length);

    public long? FindData(long position) => inner.FindData(position);

    public bool TryLock(long at, bool exclusive) => inner.TryLock(at, exclusive);

    public void Unlock(long at) => inner.Unlock(at);

    public void WaitForUnlock(long at, TimeSpan about) => inner.WaitForUnlock(at, about);

    public bool IsLockedByOther(long at) => inner.IsLockedByOther(at);

    public ISharedMemory Map(int length, bool writable) => inner.Map(length, writable);

    public void Dispose() => inner.Dispose();

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
            sector[inner.Read(sector, position)..].Clear();
        }
        catch (FileSystemException error) when (error.Errno == Errno.InputOutput)
        {
            UnreadableBytes += sector.Length;
            sector.Clear();
        }
    }
}
