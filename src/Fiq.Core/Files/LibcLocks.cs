using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// The C library's lock calls, unchecked. Only locks of the open file description: classic ones vanish when any
/// descriptor of the file is closed anywhere in the process. Partial because the import generator writes the other
/// half. The garbage collector is never held up by them.
/// </summary>
internal static unsafe partial class LibcLocks
{
    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    public static partial int Range(Descriptor file, int command, LockBuffer* range);

    [LibraryImport("libc", EntryPoint = "flock", SetLastError = true)]
    public static partial int Whole(Descriptor file, int operation);
}
