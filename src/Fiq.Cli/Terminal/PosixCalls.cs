using System.Runtime.InteropServices;

namespace Fiq.Cli.Terminal;

/// <summary>
/// The calls about standard streams and signals that .NET does not give or gives wrongly: Console swallows a closed
/// pipe and edits lines by itself, FileStream writes at its own offset instead of the descriptor's.
/// </summary>
internal static partial class PosixCalls
{
    public const int ErrnoInterrupted = 4;
    public const int ErrnoTryAgain = 11;
    public const int ErrnoBrokenPipe = 32;
    public const int SignalHangUp = 1;
    public const int SignalInterrupt = 2;
    public const int SignalKill = 9;
    public const int SignalTerminate = 15;
    public const int SignalFileSize = 25;
    public const int SignalContinue = 18;
    public const int SignalStop = 19;
    public const int ParentDeathSignal = 1;
    public const short PollIn = 1;
    public const short PollOut = 4;
    public const short PollError = 8;
    public const short PollHangUp = 16;
    public const nuint BytesUnread = 0x541B;
    public const nuint WindowSize = 0x5413;
    public const nint DefaultAction = 0;
    private const int GetDescriptorFlags = 1;
    private const int GetPipeSize = 1032;
    private const int SeekCurrent = 1;

    /// <summary>What to wait for at a descriptor, and what happened.</summary>
    [StructLayout(LayoutKind.Sequential)]
    public struct PollEntry
    {
        public int Descriptor;
        public short Wanted;
        public short Happened;
    }

    [LibraryImport("libc", EntryPoint = "read", SetLastError = true)]
    public static unsafe partial nint Read(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "write", SetLastError = true)]
    public static unsafe partial nint Write(int descriptor, byte* buffer, nuint count);

    [LibraryImport("libc", EntryPoint = "poll", SetLastError = true)]
    public static partial int Poll(ref PollEntry entry, nuint count, int timeoutMilliseconds);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, out int value);

    [LibraryImport("libc", EntryPoint = "ioctl", SetLastError = true)]
    public static partial int Control(int descriptor, nuint request, out ulong value);

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int DescriptorFlags(int descriptor, int command);

    [LibraryImport("libc", EntryPoint = "isatty", SetLastError = true)]
    public static partial int IsTerminal(int descriptor);

    [LibraryImport("libc", EntryPoint = "tcgetpgrp", SetLastError = true)]
    public static partial int ForegroundGroup(int descriptor);

    [LibraryImport("libc", EntryPoint = "getpgrp", SetLastError = true)]
    public static partial int OwnGroup();

    [LibraryImport("libc", EntryPoint = "signal", SetLastError = true)]
    public static partial nint SetSignalAction(int signal, nint action);

    [LibraryImport("libc", EntryPoint = "kill", SetLastError = true)]
    public static partial int Kill(int pid, int signal);

    [LibraryImport("libc", EntryPoint = "getppid")]
    public static partial int ParentId();

    [LibraryImport("libc", EntryPoint = "prctl", SetLastError = true)]
    public static partial int EndWithParent(int option, nint signal);

    /// <summary>
    /// Whether a standard descriptor was there when the process began. If not, its number soon belongs to a file of
    /// the runtime's, which, unlike what is inherited, is closed on exec.
    /// </summary>
    public static bool IsInherited(int descriptor) => DescriptorFlags(descriptor, GetDescriptorFlags) == 0;

    /// <summary>Whether it is a pipe: only a pipe has a pipe's size.</summary>
    public static bool IsPipe(int descriptor) => FileControl(descriptor, GetPipeSize, 0) > 0;

    /// <summary>Whether a write may have to wait for a reader: a pipe, a terminal, a socket; no file.</summary>
    public static bool CanPause(int descriptor) => IsTerminal(descriptor) == 1 || Seek(descriptor, 0, SeekCurrent) < 0;

    [LibraryImport("libc", EntryPoint = "fcntl", SetLastError = true)]
    private static partial int FileControl(int descriptor, int command, nint argument);

    [LibraryImport("libc", EntryPoint = "lseek", SetLastError = true)]
    private static partial long Seek(int descriptor, long offset, int origin);
}
