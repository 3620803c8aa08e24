using System.Threading.Channels;

namespace Fiq.Cli.Produce;

/// <summary>
/// The batches between the thread that reads input and the one that prints acknowledgements, in input order. Bounded
/// by bytes and by count: the reader waits, and with it whoever fills the pipe. Once closed nothing more goes to the
/// queue; what is under way is still told.
/// </summary>
internal sealed class InFlight
{
    /// <summary>Enough that a commit never waits for the reader; a single larger message still goes, alone.</summary>
    private const long BytesMax = 32 * 1024 * 1024;

    private const int CountMax = 64;

    private readonly Channel<PendingBatch> _batches = Channel.CreateUnbounded<PendingBatch>(
        new UnboundedChannelOptions { SingleReader = true });

    private readonly object _room = new();
    private long _bytes;
    private int _count;
    private bool _closed;

    /// <summary>
    /// Waits for room, then starts a batch. False when closed: it was not started. One thread calls it.
    /// </summary>
    public bool TryStart(long bytes, Func<PendingBatch> start)
    {
        lock (_room)
        {
            while (!_closed && _count > 0 && (_count >= CountMax || _bytes + bytes > BytesMax)) Monitor.Wait(_room);
            if (_closed) return false;
            _count++;
            _bytes += bytes;
            // Within the lock, so that closing and starting have an order: nothing is stored behind a stop.
            return _batches.Writer.TryWrite(start());
        }
    }

    /// <summary>The next batch in input order; null when closed and all are told. <see cref="Finish"/> each.</summary>
    public async ValueTask<PendingBatch?> NextAsync()
    {
        while (await _batches.Reader.WaitToReadAsync())
            if (_batches.Reader.TryRead(out PendingBatch? batch)) return batch;
        return null;
    }

    /// <summary>Whether <see cref="NextAsync"/> and its batch would be there at once.</summary>
    public bool IsNextStored => _batches.Reader.TryPeek(out PendingBatch? batch) && batch.Stored.IsCompleted;

    /// <summary>Gives a batch's room back.</summary>
    public void Finish(PendingBatch batch)
    {
        lock (_room)
        {
            _count--;
            _bytes -= batch.Bytes;
            Monitor.PulseAll(_room);
        }
    }

    /// <summary>Nothing more is started. Safe to call from any thread, more than once.</summary>
    public void Close()
    {
        lock (_room)
        {
            _closed = true;
            _batches.Writer.TryComplete();
            Monitor.PulseAll(_room);
        }
    }
}
