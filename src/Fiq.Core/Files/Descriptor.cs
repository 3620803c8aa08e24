using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// Owns one file descriptor. A call in flight keeps it open, so a number that the kernel gives away again is never
/// used by us for another file.
/// </summary>
internal sealed class Descriptor : SafeHandle
{
    /// <summary>Stands for the working folder in calls that take a directory; never closed.</summary>
    public static readonly Descriptor WorkingFolder = new(Abi.WorkingFolder, owned: false);

    public Descriptor(int number)
        : this(number, owned: true)
    {
    }

    private Descriptor(int number, bool owned)
        : base(-1, owned) => SetHandle(number);

    public override bool IsInvalid => handle == -1;

    // Linux frees the number whatever close answers, and durability never rests on close: no retry, no report.
    protected override bool ReleaseHandle() => LibcFiles.Close((int)handle) == 0;
}
