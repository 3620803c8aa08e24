using System.Collections.Concurrent;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// One thread for all commands under way: feeds their stdin, reads what they write as far as there is room for it, and
/// sees them end. It never waits for anybody but them.
/// </summary>
internal sealed unsafe class ChildLoop : IDisposable
{
    private const int BufferSize = 64 * 1024;
    private const int Kinds = 4;
    private const int Wake = -1;

    private readonly EventWatch _watch = new();
    private readonly ConcurrentDictionary<long, ChildProcess> _children = new();
    private readonly List<(ChildOutput Output, long Number)> _paused = [];
    private readonly byte[] _buffer = new byte[BufferSize];
    private readonly Action<int> _forget;
    private readonly SafeFileHandle _wakeRead;
    private readonly SafeFileHandle _wakeWrite;
    private readonly Thread _thread;
    private long _lastSerial;
    private volatile bool _hasPaused;
    private volatile bool _isDisposed;

    /// <param name="forget">Told the group of each command that has ended, before its number is free again.</param>
    public ChildLoop(Action<int> forget)
    {
        _forget = forget;
        (_wakeRead, _wakeWrite) = ChildCalls.Pipe();
        ChildCalls.DoNotWait(_wakeRead);
        ChildCalls.DoNotWait(_wakeWrite);
        _watch.Add(_wakeRead, ChildCalls.EventIn, Wake);
        _thread = new Thread(Run) { IsBackground = true, Name = "commands" };
        _thread.Start();
    }

    private enum Kind
    {
        // In the order in which events of one command are best handled; the end is last.
        Input,
        Output,
        Errors,
        End,
    }

    /// <summary>From now on the command is fed, read, and seen to its end.</summary>
    public void Watch(ChildProcess child)
    {
        long serial = Interlocked.Increment(ref _lastSerial);
        _children[serial] = child;
        bool isFed = child.Feed();
        _watch.Add(child.Output.Pipe, ChildCalls.EventIn, Number(serial, Kind.Output));
        _watch.Add(child.Errors.Pipe, ChildCalls.EventIn, Number(serial, Kind.Errors));
        if (!isFed) _watch.Add(child.Input!, ChildCalls.EventOut, Number(serial, Kind.Input));
        // Last, because when it has been seen the pipes are closed.
        _watch.Add(child.Process, ChildCalls.EventIn, Number(serial, Kind.End));
    }

    /// <summary>There is room again: whoever was not read is read on.</summary>
    public void RoomMade()
    {
        if (_hasPaused) WakeUp();
    }

    /// <summary>Kills what still runs.</summary>
    public void KillAll()
    {
        foreach (ChildProcess child in _children.Values) child.Kill();
    }

    /// <summary>Ends the thread. Nothing may run any more.</summary>
    public void Dispose()
    {
        _isDisposed = true;
        WakeUp();
        _thread.Join();
        _watch.Dispose();
        _wakeRead.Dispose();
        _wakeWrite.Dispose();
    }

    private static long Number(long serial, Kind kind) => (serial * Kinds) + (int)kind;

    private void WakeUp()
    {
        byte one = 1;
        // A full pipe wakes as well.
        _ = ChildCalls.Write(_wakeWrite, &one, 1);
    }

    private void Run()
    {
        var numbers = new List<long>();
        while (!_isDisposed)
        {
            numbers.Clear();
            _watch.Wait(numbers);
            foreach (long number in numbers)
            {
                if (number == Wake) Resume();
                else if (_children.TryGetValue(number / Kinds, out ChildProcess? child)) Handle(child, number);
            }
        }
    }

    private void Handle(ChildProcess child, long number)
    {
        switch ((Kind)(number % Kinds))
        {
            case Kind.Input:
                // Closing it takes it out of the watch.
                child.Feed();
                break;
            case Kind.Output:
                Read(child.Output, number);
                break;
            case Kind.Errors:
                Read(child.Errors, number);
                break;
            default:
                End(child, number / Kinds);
                break;
        }
    }

    private void Read(ChildOutput output, long number)
    {
        if (output.Lines.MayRead) output.Read(_buffer);
        if (output.IsAtEnd)
        {
            _watch.Remove(output.Pipe);
        }
        else if (!output.Lines.MayRead)
        {
            // Taken out altogether: a pipe whose other end has closed would be reported for ever.
            _watch.Remove(output.Pipe);
            _paused.Add((output, number));
            _hasPaused = true;
            // The room may have been made before we said that we wait for it.
            if (output.Lines.MayRead) WakeUp();
        }
    }

    private void Resume()
    {
        fixed (byte* start = _buffer)
            while (ChildCalls.Read(_wakeRead, start, BufferSize) > 0) continue;
        _paused.RemoveAll(IsResumed);
        _hasPaused = _paused.Count > 0;
    }

    private bool IsResumed((ChildOutput Output, long Number) paused)
    {
        if (!_children.ContainsKey(paused.Number / Kinds)) return true;
        if (!paused.Output.Lines.MayRead) return false;
        _watch.Add(paused.Output.Pipe, ChildCalls.EventIn, paused.Number);
        return true;
    }

    private void End(ChildProcess child, long serial)
    {
        _children.TryRemove(serial, out _);
        // What a command leaves behind in its group ends with it: its message is finished, and so is its work.
        child.Kill();
        child.Output.ReadRest(_buffer);
        child.Errors.ReadRest(_buffer);
        _forget(child.Id);
        child.Reap();
    }
}
