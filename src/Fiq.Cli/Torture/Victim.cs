using System.Diagnostics;
using System.Globalization;
using System.Text;
using Fiq.Cli.Processes;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Torture;

/// <summary>
/// A real fiq process that may be killed or stopped at any moment. Its pipes are read by threads of its own; it ends
/// with the thread that started it at the latest.
/// </summary>
internal abstract class Victim : IDisposable
{
    private readonly Process _process;
    private readonly List<Thread> _threads = [];
    private volatile string _lastError = "";
    private volatile bool _wasHeard;

    protected Victim(params IEnumerable<string> arguments)
    {
        string pid = Environment.ProcessId.ToString(CultureInfo.InvariantCulture);
        ProcessStartInfo start = OwnProgram.StartOf([OwnProgram.Leashed, pid, .. arguments]);
        _process = Process.Start(start)
            ?? throw new FiqException(ErrorCode.Failed, "a process to torture could not be started");
    }

    /// <summary>What it is, for messages.</summary>
    public abstract string Role { get; }

    /// <summary>Whether it was killed or stopped by us.</summary>
    public bool IsDisturbed { get; private set; }

    /// <summary>
    /// Whether it has said something, and so has come as far as being tied to us: stopped before, it would outlive us.
    /// </summary>
    public bool WasHeard => _wasHeard;

    public bool HasEnded => _process.HasExited;

    public int ExitCode => _process.ExitCode;

    /// <summary>The last line of its stderr.</summary>
    public string LastError => _lastError;

    protected Stream Input => _process.StandardInput.BaseStream;

    public void Kill()
    {
        Disturb();
        Send(PosixCalls.SignalKill);
    }

    public void Stop()
    {
        Disturb();
        Send(PosixCalls.SignalStop);
    }

    public void GoOn() => Send(PosixCalls.SignalContinue);

    /// <summary>Asks it to finish what it has and end.</summary>
    public abstract void Dismiss();

    /// <summary>Waits until it has ended and all that it said was read; false when that takes too long.</summary>
    public bool TryEnd(TimeSpan patience)
    {
        if (!_process.WaitForExit(patience)) return false;
        _threads.ForEach(thread => thread.Join());
        Over();
        return true;
    }

    public void Dispose() => _process.Dispose();

    protected void Terminate() => Send(PosixCalls.SignalTerminate);

    /// <summary>Begins to read what it says.</summary>
    protected void Listen()
    {
        StartThread(() => WholeLines.Read(_process.StandardOutput.BaseStream, line =>
        {
            _wasHeard = true;
            Hear(line);
        }));
        StartThread(() => WholeLines.Read(
            _process.StandardError.BaseStream, line => _lastError = Encoding.UTF8.GetString(line)));
    }

    protected void StartThread(Action run)
    {
        var thread = new Thread(() => run()) { IsBackground = true, Name = "torture" };
        _threads.Add(thread);
        thread.Start();
    }

    /// <summary>A whole line of its stdout.</summary>
    protected abstract void Hear(ReadOnlySpan<byte> line);

    /// <summary>It is about to be killed or stopped, or ended by itself with an error.</summary>
    protected virtual void Disturbed()
    {
        // A producer's death is no cause for anything but its own silence.
    }

    /// <summary>It has ended, and all that it said was heard.</summary>
    protected virtual void Over()
    {
        // Whoever fails by itself leaves things behind just as if it had been killed.
        if (ExitCode != 0) Disturbed();
    }

    private void Disturb()
    {
        IsDisturbed = true;
        Disturbed();
    }

    private void Send(int signal)
    {
        if (!HasEnded) _ = PosixCalls.Kill(_process.Id, signal);
    }
}
