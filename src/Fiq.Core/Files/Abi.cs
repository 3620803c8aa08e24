using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// The numbers of the Linux kernel interface that fiq uses. Some differ between the two processors it runs on;
/// <see cref="SystemCheck"/> refuses every other before one of them is used.
/// </summary>
internal static class Abi
{
    public const int OpenReadOnly = 0;
    public const int OpenReadWrite = 2;
    public const int OpenCreate = 0x40;
    public const int OpenExclusive = 0x80;
    public const int OpenNoTerminal = 0x100;
    public const int OpenNonBlocking = 0x800;
    public const int OpenCloseOnExec = 0x80000;

    public const int WorkingFolder = -100;
    public const int SymlinkNoFollow = 0x100;
    public const int RemoveDirectory = 0x200;
    public const int EmptyPath = 0x1000;

    public const uint ModeFile = 0b110_000_000;
    public const uint ModeDirectory = 0b111_000_000;
    public const uint ModePermissions = 0b111_111_111;
    public const uint ModeOthersWrite = 0b000_010_010;

    public const uint RenameNoReplace = 1;
    public const int SeekData = 3;

    public const int LockExclusive = 2;
    public const int LockNonBlocking = 4;
    public const int LockUnlock = 8;

    public const int OfdGetLock = 36;
    public const int OfdSetLock = 37;
    public const short LockRead = 0;
    public const short LockWrite = 1;
    public const short LockNone = 2;

    public const int ProtectionRead = 1;
    public const int ProtectionWrite = 2;
    public const int MapShared = 1;

    /// <summary>Waits on a futex that other processes share: the private flag is never set.</summary>
    public const int FutexWait = 0;

    /// <summary>Wakes sleepers of a futex in all processes.</summary>
    public const int FutexWake = 1;

    private static readonly bool IsArm = RuntimeInformation.ProcessArchitecture == Architecture.Arm64;

    public static readonly int OpenDirectory = IsArm ? 0x4000 : 0x10000;
    public static readonly int OpenNoFollow = IsArm ? 0x8000 : 0x20000;

    public static readonly nint CallFutex = IsArm ? 98 : 202;
    public static readonly nint CallListDirectory = IsArm ? 61 : 217;
    public static readonly nint CallRename = IsArm ? 276 : 316;
    public static readonly nint CallMemoryFile = IsArm ? 279 : 319;

    /// <summary>Whether these numbers are right for this process.</summary>
    public static bool IsKnown => OperatingSystem.IsLinux() && Environment.Is64BitProcess
        && RuntimeInformation.ProcessArchitecture is Architecture.X64 or Architecture.Arm64;
}
