using System.Runtime.InteropServices;

// Only blittable arguments pass the border, so that calls can be compiled ahead of time without stubs.
[assembly: System.Runtime.CompilerServices.DisableRuntimeMarshalling]

// The C library is the system's, never one that lies beside the program.
[assembly: DefaultDllImportSearchPaths(DllImportSearchPath.SafeDirectories)]

namespace Fiq.Files;

/// <summary>
/// The C library's calls on files, unchecked: whoever calls one compares the result and asks
/// <see cref="SystemError"/>. Partial because the import generator writes the other half.
/// </summary>
internal static unsafe partial class LibcFiles
{
    [LibraryImport("libc", EntryPoint = "openat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Open(Descriptor directory, string path, int flags, uint mode);

    [LibraryImport("libc", EntryPoint = "close")]
    public static partial int Close(int descriptor);

    [LibraryImport("libc", EntryPoint = "pread", SetLastError = true)]
    public static partial nint Read(Descriptor file, byte* buffer, nint count, long position);

    [LibraryImport("libc", EntryPoint = "pwrite", SetLastError = true)]
    public static partial nint Write(Descriptor file, byte* bytes, nint count, long position);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    public static partial int Sync(Descriptor file);

    [LibraryImport("libc", EntryPoint = "fdatasync", SetLastError = true)]
    public static partial int SyncData(Descriptor file);

    [LibraryImport("libc", EntryPoint = "ftruncate", SetLastError = true)]
    public static partial int Truncate(Descriptor file, long length);

    [LibraryImport("libc", EntryPoint = "fallocate", SetLastError = true)]
    public static partial int Allocate(Descriptor file, int mode, long position, long length);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    public static partial long Seek(Descriptor file, long position, int whence);

    [LibraryImport("libc", EntryPoint = "fchmod", SetLastError = true)]
    public static partial int ChangeMode(Descriptor file, uint mode);

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Status(Descriptor directory, string path, int flags, uint mask, StatusBuffer* status);

    [LibraryImport("libc", EntryPoint = "fstatfs", SetLastError = true)]
    public static partial int FileSystem(Descriptor file, FileSystemBuffer* status);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint EffectiveUser();

    [LibraryImport("libc", EntryPoint = "getrlimit", SetLastError = true)]
    public static partial int Limit(int which, LimitBuffer* limit);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    public static partial int Pipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint MemoryFile(nint number, string name, uint flags);
}
