using System.Runtime.InteropServices;

namespace Fiq.Cli.Terminal;

/// <summary>
/// SIGINT, SIGTERM and SIGHUP while a command runs: the first asks it to stop, the second to stop at once. The
/// actions run on a signal thread, one at a time.
/// </summary>
internal sealed class StopSignals : IDisposable
{
    private readonly Lock _lock = new();
    private readonly Action<PosixSignal> _first;
    private readonly Action<PosixSignal> _second;
    private readonly List<PosixSignalRegistration> _registrations = [];
    private PosixSignal? _received;

    public StopSignals(Action<PosixSignal> first, Action<PosixSignal> second)
    {
        _first = first;
        _second = second;
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Received));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Received));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGHUP, Received));
    }

    /// <summary>The first signal that came, or null.</summary>
    public PosixSignal? First
    {
        get
        {
            lock (_lock) return _received;
        }
    }

    /// <summary>The exit status after a full drain: Ctrl-C ends by SIGINT, the others are a normal end.</summary>
    public ExitCode ExitAfterDrain(ExitCode otherwise) =>
        First == PosixSignal.SIGINT ? ExitCode.Interrupted : otherwise;

    /// <summary>Ends this process by SIGINT: only then does a shell loop around it stop. Does not return.</summary>
    public static void EndByInterrupt()
    {
        EndByDefault(PosixSignal.SIGINT);
        Thread.Sleep(Timeout.Infinite);
    }

    /// <summary>Ends this process as if the signal had never been caught: the answer to a second Ctrl-C.</summary>
    public static void EndByDefault(PosixSignal signal)
    {
        int number = signal switch
        {
            PosixSignal.SIGTERM => PosixCalls.SignalTerminate,
            PosixSignal.SIGHUP => PosixCalls.SignalHangUp,
            _ => PosixCalls.SignalInterrupt,
        };
        _ = PosixCalls.SetSignalAction(number, PosixCalls.DefaultAction);
        _ = PosixCalls.Kill(Environment.ProcessId, number);
    }

    public void Dispose() => _registrations.ForEach(registration => registration.Dispose());

    private void Received(PosixSignalContext context)
    {
        context.Cancel = true;
        lock (_lock)
        {
            bool isFirst = _received is null;
            _received ??= context.Signal;
            (isFirst ? _first : _second)(context.Signal);
        }
    }
}
