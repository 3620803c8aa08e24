namespace Fiq.Files;

/// <summary>An open regular file. Reads and writes name their position; there is no cursor.</summary>
internal interface IFile : IDisposable
{
    /// <summary>Its name when it was opened, for messages only.</summary>
    string Name { get; }

    /// <summary>Which file this is.</summary>
    FileIdentity Identity { get; }

    /// <summary>Its size in bytes, asked anew.</summary>
    long Length { get; }

    /// <summary>Bytes of disk that it uses, asked anew.</summary>
    long AllocatedBytes { get; }

    /// <summary>Reads until the buffer is full or the file ends; returns the number of bytes read.</summary>
    int Read(Span<byte> buffer, long position);

    /// <summary>Writes all bytes. After an error any part of them may have been written.</summary>
    void Write(ReadOnlySpan<byte> bytes, long position);

    /// <summary>fdatasync: makes the content, and a size that grew, durable. An error means nothing is known.</summary>
    void SyncData();

    /// <summary>fsync: content and all attributes.</summary>
    void Sync();

    /// <summary>
    /// Allocates room and sets the size to at least <paramref name="length"/>; the new room reads as zero.
    /// </summary>
    void Allocate(long length);

    /// <summary>Cuts or extends the file to this size.</summary>
    void SetLength(long length);

    /// <summary>The first position at or behind this one that may hold data; null when only a hole follows.</summary>
    long? FindData(long position);

    /// <summary>
    /// Takes an open-file-description lock on one byte, without waiting; false when another description has it in
    /// the way. The bytes need not exist. Locks belong to this descriptor, are freed when it closes or the process
    /// dies, and are no guard between threads that share this object. Taking it again changes its kind; when that
    /// fails, what was held is kept.
    /// </summary>
    bool TryLock(long at, bool exclusive);

    /// <summary>Frees the lock on one byte.</summary>
    void Unlock(long at);

    /// <summary>Whether another description holds a lock, of any kind, on that byte. Takes nothing.</summary>
    bool IsLockedByOther(long at);

    /// <summary>
    /// Pauses because another description holds that byte, about as long as given, or until it is free. Whoever waits
    /// for a lock asks again afterwards.
    /// </summary>
    void WaitForUnlock(long at, TimeSpan about);

    /// <summary>Maps the first bytes of the file, shared and writable. The file must have real blocks there.</summary>
    ISharedMemory Map(int length, bool writable);
}
