using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// The calls to start, watch and end commands: .NET's own Process gives no session of one's own, no moment between a
/// child's birth and its work, and takes a thread or more for each.
/// </summary>
internal static unsafe partial class ChildCalls
{
    public const int ErrnoNoChild = 10;
    public const int SignalPipe = 13;
    public const int SignalChild = 17;
    public const int SpawnDefaultSignals = 0x04;
    public const int SpawnSignalMask = 0x08;
    public const int SpawnOwnSession = 0x80;
    public const int CloseOnExec = 0x80000;
    public const int NonBlocking = 0x800;
    public const int WaitNoHang = 1;
    public const int WatchAdd = 1;
    public const int WatchRemove = 2;
    public const uint EventIn = 1;
    public const uint EventOut = 4;

    /// <summary>glibc and musl need 336 and 80 bytes for the two; more does no harm.</summary>
    public const int OpaqueSize = 512;

    /// <summary>The kernel and the C library have 64 signals at most; their sets have room for 1024.</summary>
    public const int SignalSetSize = 128;

    private const int SetStatusFlags = 4;
    private const int DuplicateAbove = 1030;
    private const int FirstFree = 3;
    private const nint CallOpenProcess = 434;

    /// <summary>A pipe whose ends no other child inherits; neither end is a standard descriptor.</summary>
    public static (SafeFileHandle Read, SafeFileHandle Write) Pipe()
    {
        int* ends = stackalloc int[2];
        if (MakePipe(ends, CloseOnExec) != 0) throw ChildErrors.Last("make a pipe");
        return (AboveStandard(ends[0]), AboveStandard(ends[1]));
    }

    /// <summary>Reads and writes of this end do not wait.</summary>
    public static void DoNotWait(SafeFileHandle end)
    {
        if (Control(end, SetStatusFlags, NonBlocking) != 0) throw ChildErrors.Last("set up a pipe");
    }

    /// <summary>A descriptor that becomes readable when the process has ended.</summary>
    public static SafeFileHandle OpenProcess(int pid)
    {
        nint descriptor = Call(CallOpenProcess, pid, 0);
        return descriptor >= 0 ? new SafeFileHandle(descriptor, true) : throw ChildErrors.Last("watch a process");
    }

    /// <summary>
    /// An ignored SIGCHLD, inherited from whoever started us, would let the kernel throw away how children ended.
    /// </summary>
    public static void HearOfChildren()
    {
        nint* action = stackalloc nint[32];
        const nint ignored = 1;
        if (Action(SignalChild, null, action) == 0 && action[0] == ignored)
            _ = Terminal.PosixCalls.SetSignalAction(SignalChild, Terminal.PosixCalls.DefaultAction);
    }

    [LibraryImport("libc", EntryPoint = "posix_spawn")]
    public static partial int Spawn(
        out int pid, byte* path, byte* actions, byte* attributes, byte** arguments, byte** environment);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_init")]
    public static partial int InitActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_adddup2")]
    public static partial int AddDuplicate(byte* actions, SafeFileHandle from, int to);

    [LibraryImport("libc", EntryPoint = "posix_spawn_file_actions_destroy")]
    public static partial int DestroyActions(byte* actions);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_init")]
    public static partial int InitAttributes(byte* attributes);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setflags")]
    public static partial int SetFlags(byte* attributes, short flags);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigdefault")]
    public static partial int SetDefaultSignals(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "posix_spawnattr_setsigmask")]
    public static partial int SetSignalMask(byte* attributes, byte* signals);

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static partial nint Read(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static partial nint Write(SafeFileHandle file, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "waitpid", SetLastError = true)]
    public static partial int Wait(int pid, out int status, int options);

    [LibraryImport("libc", EntryPoint = "epoll_create1", SetLastError = true)]
    public static partial int MakeWatch(int flags);

    [LibraryImport("libc", EntryPoint = "epoll_ctl", SetLastError = true)]
    public static partial int ChangeWatch(SafeFileHandle watch, int what, SafeFileHandle file, byte* wanted);

    [LibraryImport("libc", EntryPoint = "epoll_wait", SetLastError = true)]
    public static partial int WaitForEvents(SafeFileHandle watch, byte* events, int countMax, int milliseconds);

    [LibraryImport("libc", EntryPoint = "access", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Access(string path, int mode);

    [LibraryImport("libc", EntryPoint = "sigaction", SetLastError = true)]
    private static partial int Action(int signal, nint* wanted, nint* before);

    [LibraryImport("libc", EntryPoint = "pipe2", SetLastError = true)]
    private static partial int MakePipe(int* ends, int flags);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int Control(SafeFileHandle file, int command, int argument);

    [LibraryImport("libc", EntryPoint = "syscall", SetLastError = true)]
    private static partial nint Call(nint number, nint first, nint second);

    /// <summary>
    /// Where a standard descriptor was closed, a pipe may get its number, and a child's would be mixed up.
    /// </summary>
    private static SafeFileHandle AboveStandard(int descriptor)
    {
        var file = new SafeFileHandle(descriptor, true);
        if (descriptor >= FirstFree) return file;
        int above = Control(file, DuplicateAbove, FirstFree);
        if (above < 0) throw ChildErrors.Last("set up a pipe");
        file.Dispose();
        return new SafeFileHandle(above, true);
    }
}
