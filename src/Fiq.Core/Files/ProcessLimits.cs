using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>The limits that the kernel sets this process; the largest number stands for none.</summary>
/// <param name="FileBytes">The size of a file, in bytes.</param>
/// <param name="Descriptors">How many descriptors may be open.</param>
internal readonly record struct ProcessLimits(ulong FileBytes, ulong Descriptors)
{
    private const int FileSize = 1;
    private const int OpenFiles = 7;

    /// <summary>Asks the kernel.</summary>
    public static ProcessLimits Current => new(Get(FileSize), Get(OpenFiles));

    private static unsafe ulong Get(int which)
    {
        LimitBuffer limit = default;
        return LibcFiles.Limit(which, &limit) == 0 ? limit.Soft : throw SystemError.Of("getrlimit", "this process");
    }
}

/// <summary>struct rlimit on 64-bit Linux.</summary>
[StructLayout(LayoutKind.Sequential)]
internal struct LimitBuffer
{
    public ulong Soft;
    public ulong Hard;
}
