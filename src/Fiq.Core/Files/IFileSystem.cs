namespace Fiq.Files;

/// <summary>
/// The one door to the operating system for files, locks and shared memory. The real one is
/// PosixFileSystem; tests put a simulated one in its place, so faults enter here and nowhere else.
/// Every member that fails throws <see cref="FileSystemException"/> with the error number.
/// </summary>
internal interface IFileSystem
{
    /// <summary>
    /// The identity of this boot of the machine: monotonic time and shared pages mean nothing in another.
    /// </summary>
    Guid BootId { get; }

    /// <summary>Opens a directory by its path; follows links in the path's parents, not in its last part.</summary>
    IDirectory OpenDirectory(string path);

    /// <summary>Creates a directory and its missing parents, each 0700, and opens it.</summary>
    IDirectory CreateDirectory(string path);
}
