using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// The C library's calls on the entries of directories, unchecked. Those that not every C library wraps are made by
/// their number. Partial because the import generator writes the other half.
/// </summary>
internal static unsafe partial class LibcDirectories
{
    [LibraryImport("libc", EntryPoint = "mkdirat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Create(Descriptor directory, string name, uint mode);

    [LibraryImport("libc", EntryPoint = "linkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Link(
        Descriptor fromDirectory, string existing, Descriptor toDirectory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "unlinkat", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unlink(Descriptor directory, string name, int flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true,
        StringMarshalling = StringMarshalling.Utf8)]
    public static partial nint Rename(
        nint number, Descriptor fromDirectory, string from, Descriptor toDirectory, string to, uint flags);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    public static partial nint List(nint number, Descriptor directory, byte* buffer, nint size);
}
