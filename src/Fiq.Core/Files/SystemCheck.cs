using System.Globalization;
using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// Tries, once per process, that the calls on which durability and exclusion rest do what they must: that a failed
/// sync is reported at all, that locks exclude, that a futex compares. Takes some ten system calls.
/// </summary>
internal static unsafe class SystemCheck
{
    private const string Path = "the self-test's file";
    private const int PageSize = 4096;

    private static volatile bool _passed;

    /// <summary>Returns when everything is as it must be.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: it names what is not.</exception>
    public static void Run()
    {
        if (_passed) return;
        if (!Abi.IsKnown)
            throw new FiqException(
                ErrorCode.Unsupported,
                $"fiq runs on 64-bit Linux (x64, arm64), not on {RuntimeInformation.OSDescription} "
                + $"({RuntimeInformation.ProcessArchitecture})");
        try
        {
            RunAll();
        }
        catch (FileSystemException error)
        {
            throw new FiqException(
                ErrorCode.Unsupported, $"the start-up self-test failed: {error.Message}", null, error);
        }

        _passed = true;
    }

    private static void RunAll()
    {
        SyncReportsErrors();
        using Descriptor first = MemoryFile();
        using Descriptor second = OpenAnew(first);
        StatusIsUnderstood(first, second);
        LocksExclude(first, second);
        FutexCompares(first);
    }

    private static void SyncReportsErrors()
    {
        int* ends = stackalloc int[2];
        if (LibcFiles.Pipe(ends, Abi.OpenCloseOnExec) != 0) throw SystemError.Of("pipe", Path);
        using var reading = new Descriptor(ends[0]);
        using var writing = new Descriptor(ends[1]);
        // A pipe can't be synced, and the kernel says so. Who does not hear it would not hear of a lost write either:
        // a library put in front of the C library to make syncs quick and empty is caught here. Which error does not
        // matter; a tester may inject another.
        Require(LibcFiles.Sync(writing) == -1, "fsync does not report an error");
        Require(LibcFiles.SyncData(writing) == -1, "fdatasync does not report an error");
    }

    private static Descriptor MemoryFile()
    {
        const uint closeOnExec = 1;
        nint number = LibcFiles.MemoryFile(Abi.CallMemoryFile, "fiq", closeOnExec);
        if (number < 0) throw SystemError.Of("memfd_create", Path);
        var file = new Descriptor((int)number);
        if (LibcFiles.Truncate(file, PageSize) != 0) throw SystemError.Of("ftruncate", Path);
        return file;
    }

    private static Descriptor OpenAnew(Descriptor file)
    {
        string link = "/proc/self/fd/" + file.DangerousGetHandle().ToString(CultureInfo.InvariantCulture);
        int number = LibcFiles.Open(
            Descriptor.WorkingFolder, link, Abi.OpenReadWrite | Abi.OpenCloseOnExec, 0);
        return number >= 0 ? new Descriptor(number) : throw SystemError.Of("open", link);
    }

    private static void StatusIsUnderstood(Descriptor first, Descriptor second)
    {
        FileStatus status = FileStatus.Of(first, Path);
        FileStatus same = FileStatus.Of(second, Path);
        // Compared number by number: comparing the records would compile generic code in every start.
        Require(
            status.Kind == EntryKind.File && status.Length == PageSize && PosixOpening.IsOurs(status.OwnerUserId)
                && status.Identity.Inode == same.Identity.Inode && status.Identity.Device == same.Identity.Device,
            "statx gives another answer than it must");
    }

    private static void LocksExclude(Descriptor first, Descriptor second)
    {
        LockBuffer range = new() { Kind = Abi.LockWrite, Start = 1, Length = 1 };
        Require(
            LibcLocks.Range(first, Abi.OfdSetLock, &range) == 0, "there are no locks of open file descriptions");
        Require(
            LibcLocks.Range(second, Abi.OfdSetLock, &range) == -1
                && SystemError.Last is Errno.TryAgain or Errno.AccessDenied,
            "a lock does not keep another description out");
    }

    private static void FutexCompares(Descriptor file)
    {
        void* page = LibcMemory.Map(
            null, PageSize, Abi.ProtectionRead | Abi.ProtectionWrite, Abi.MapShared, file, 0);
        if ((nint)page == -1) throw SystemError.Of("mmap", Path);
        TimeBuffer soon = TimeBuffer.Of(TimeSpan.FromMilliseconds(1));
        nint answer = LibcMemory.Futex(Abi.CallFutex, (uint*)page, Abi.FutexWait, 1, &soon, null, 0);
        bool compares = answer == -1 && SystemError.Last == Errno.TryAgain;
        LibcMemory.Unmap(page, PageSize);
        Require(compares, "a futex does not compare its word");
    }

    private static void Require(bool holds, string what)
    {
        if (!holds) throw new FiqException(ErrorCode.Unsupported, $"the start-up self-test failed: {what} here");
    }
}
