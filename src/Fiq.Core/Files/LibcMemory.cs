using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// The C library's calls on shared memory, unchecked. Partial because the import generator writes the other half.
/// </summary>
internal static unsafe partial class LibcMemory
{
    [LibraryImport("libc", EntryPoint = "mmap", SetLastError = true)]
    public static partial void* Map(
        void* address, nuint length, int protection, int flags, Descriptor file, long position);

    [LibraryImport("libc", EntryPoint = "munmap", SetLastError = true)]
    public static partial int Unmap(void* address, nuint length);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint Futex(
        nint number, uint* word, nint operation, nint value, TimeBuffer* timeout, void* unusedWord, nint unusedValue);

    [LibraryImport("libc", EntryPoint = "nanosleep", SetLastError = true)]
    public static partial int Sleep(TimeBuffer* time, TimeBuffer* rest);
}
