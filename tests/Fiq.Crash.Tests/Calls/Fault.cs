namespace Fiq.Crash.Tests.Calls;

/// <summary>What strace makes of a system call, which then is not executed.</summary>
internal sealed record Fault(string Name, string Injection)
{
    public static Fault Kill { get; } = new("SIGKILL", "signal=SIGKILL");

    public static Fault InputOutput { get; } = new("EIO", "error=EIO");

    public static Fault NoSpace { get; } = new("ENOSPC", "error=ENOSPC");

    public static Fault OverQuota { get; } = new("EDQUOT", "error=EDQUOT");

    public static Fault Interrupted { get; } = new("EINTR", "error=EINTR");

    public static Fault NoDescriptors { get; } = new("EMFILE", "error=EMFILE");

    public static Fault NoLocks { get; } = new("ENOLCK", "error=ENOLCK");

    public static Fault NoMemory { get; } = new("ENOMEM", "error=ENOMEM");

    /// <summary>
    /// A write that says it wrote nothing. The only short write that strace can tell without lying: it does not execute
    /// the call, so any other number would claim bytes that are not there. Real short writes need a full disk or a
    /// limit on the size of files.
    /// </summary>
    public static Fault NothingWritten { get; } = new("nothing", "retval=0");

    public bool Kills => this == Kill;

    public override string ToString() => Name;
}
