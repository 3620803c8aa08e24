using Fiq.Cli.Terminal;

namespace Fiq.Cli.Consume;

/// <summary>
/// Sees at once that the reader of a pipe has gone, also while there is nothing to write: a thread that the kernel
/// wakes for nothing else.
/// </summary>
internal static class HangUpWatch
{
    public static void Start(int descriptor, Action gone)
    {
        new Thread(() => Watch(descriptor, gone)) { IsBackground = true, Name = "stdout" }.Start();
    }

    private static void Watch(int descriptor, Action gone)
    {
        var entry = new PosixCalls.PollEntry { Descriptor = descriptor };
        // Interrupted by a signal it returns without an event.
        while (PosixCalls.Poll(ref entry, 1, -1) <= 0) entry.Happened = 0;
        gone();
    }
}
