using System.Buffers;

namespace Fiq.Cli.Exec;

/// <summary>
/// Where merged bytes go; may wait, and throws an <see cref="IOException"/> when the reader has gone.
/// </summary>
internal delegate void ByteSink(ReadOnlySpan<byte> bytes);

/// <summary>
/// One output that many commands share: whole lines, in the order in which they end. Whoever adds never waits; a
/// thread of its own writes, so a reader that pauses stops nobody from stopping. What waits is bounded because sources
/// ask <see cref="MayRead"/> before they read on.
/// A line too long to hold is passed on as it comes: its source <em>owns</em> the output until the line ends, and the
/// lines of others wait behind it.
/// </summary>
internal sealed class LineMerger : IDisposable
{
    /// <summary>So much may wait for a slow reader before sources are no longer read.</summary>
    private const int WaitingMax = 256 * 1024;

    private readonly object _gate = new();
    private readonly ByteSink _sink;
    private readonly Thread _writer;
    private ArrayBufferWriter<byte> _ready = new(WaitingMax);
    private ArrayBufferWriter<byte> _writing = new(WaitingMax);
    private ArrayBufferWriter<byte> _behind = new();
    private TaskCompletionSource? _drained;
    private object? _owner;
    private bool _isWriting;
    private bool _isClosed;
    private bool _isDisposed;

    public LineMerger(ByteSink sink, string name)
    {
        _sink = sink;
        _writer = new Thread(Run) { IsBackground = true, Name = name };
        _writer.Start();
    }

    /// <summary>There is room again, or an owner has let go; called on any thread.</summary>
    public event Action? RoomMade;

    /// <summary>The reader has gone; called once. What is added from then on is dropped.</summary>
    public event Action? Closed;

    public bool IsClosed
    {
        get
        {
            lock (_gate) return _isClosed;
        }
    }

    /// <summary>Whether a command may begin that will write here.</summary>
    public bool HasRoom => MayRead(null);

    /// <summary>Whether a source may be read on: what it says has room.</summary>
    public bool MayRead(object? source)
    {
        lock (_gate)
        {
            // Who owns the output must get to the end of its line, whatever waits behind it.
            int behind = _owner == source ? 0 : _behind.WrittenCount;
            return _ready.WrittenCount + behind < WaitingMax;
        }
    }

    /// <summary>Adds whole lines, or, for the owner, any part of its line.</summary>
    public void Add(object source, ReadOnlySpan<byte> bytes)
    {
        lock (_gate)
        {
            if (_isClosed) return;
            (_owner is null || _owner == source ? _ready : _behind).Write(bytes);
            Monitor.PulseAll(_gate);
        }
    }

    /// <summary>Takes the output for one long line; false while another has it.</summary>
    public bool TryOwn(object source)
    {
        lock (_gate)
        {
            _owner ??= source;
            return _owner == source;
        }
    }

    /// <summary>The long line has ended.</summary>
    public void Release(object source)
    {
        lock (_gate)
        {
            if (_owner != source) return;
            _owner = null;
            if (!_isClosed) _ready.Write(_behind.WrittenSpan);
            _behind = new ArrayBufferWriter<byte>();
            Monitor.PulseAll(_gate);
        }

        RoomMade?.Invoke();
    }

    /// <summary>The reader has gone; seen by whoever watches the pipe.</summary>
    public void ReaderGone()
    {
        lock (_gate)
        {
            if (_isClosed) return;
            Close();
        }

        SayClosed();
    }

    /// <summary>Completes when everything added has been written, or nobody is there to read it.</summary>
    public Task DrainAsync()
    {
        lock (_gate)
        {
            if (IsDrained) return Task.CompletedTask;
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return _drained.Task;
        }
    }

    /// <summary>Ends the writing; what has not been written is dropped.</summary>
    public void Dispose()
    {
        lock (_gate)
        {
            _isDisposed = true;
            Monitor.PulseAll(_gate);
        }
    }

    private bool IsDrained => _isClosed || (_ready.WrittenCount == 0 && !_isWriting);

    private void Run()
    {
        while (Take() is { } bytes)
        {
            bool isOpen = TryWrite(bytes.WrittenSpan);
            bool wasClosed;
            TaskCompletionSource? drained = null;
            lock (_gate)
            {
                _isWriting = false;
                wasClosed = _isClosed;
                if (!isOpen) Close();
                if (IsDrained) (drained, _drained) = (_drained, null);
            }

            drained?.TrySetResult();
            RoomMade?.Invoke();
            if (isOpen) continue;
            if (!wasClosed) SayClosed();
            return;
        }
    }

    private void SayClosed()
    {
        TaskCompletionSource? drained;
        lock (_gate) (drained, _drained) = (_drained, null);
        drained?.TrySetResult();
        RoomMade?.Invoke();
        Closed?.Invoke();
    }

    private ArrayBufferWriter<byte>? Take()
    {
        lock (_gate)
        {
            while (_ready.WrittenCount == 0 && !_isDisposed) Monitor.Wait(_gate);
            if (_isDisposed) return null;
            if (_writing.Capacity > WaitingMax * 4) _writing = new ArrayBufferWriter<byte>(WaitingMax);
            else _writing.ResetWrittenCount();
            (_ready, _writing) = (_writing, _ready);
            _isWriting = true;
            return _writing;
        }
    }

    private bool TryWrite(ReadOnlySpan<byte> bytes)
    {
        try
        {
            _sink(bytes);
            return true;
        }
        catch (IOException)
        {
            // Converted: nobody reads any more, and whoever needs to know is told.
            return false;
        }
    }

    private void Close()
    {
        _isClosed = true;
        _ready = new ArrayBufferWriter<byte>();
        _behind = new ArrayBufferWriter<byte>();
    }
}
