using System.Collections.Concurrent;
using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>
/// The one place where deliveries end: results are written, and settled once they have arrived; what goes back is
/// released. Whatever is finished is handled together, so one slow settlement makes the next batch larger and never
/// delays a worker. The only caller of the writer and of <see cref="IQueueConsumer.SettleAsync"/>.
/// </summary>
internal sealed class OutputStage
{
    /// <summary>How soon to ask again whether a slow receiver has taken what was written.</summary>
    private static readonly TimeSpan PollMin = TimeSpan.FromMilliseconds(1);

    private static readonly TimeSpan PollMax = TimeSpan.FromMilliseconds(16);

    private readonly Signal _signal = new();
    private readonly ConcurrentQueue<WorkResult> _finished = new();
    private readonly ConcurrentQueue<WorkEnd> _others = new();
    private readonly Queue<WorkResult> _written = new();
    private readonly List<Settlement> _settlements = [];
    private readonly List<WorkEnd> _settling = [];
    private readonly IQueueConsumer _consumer;
    private readonly IResultWriter _writer;
    private readonly Ledger _ledger;
    private readonly IOutputEvents _events;
    private volatile bool _isIntakeClosed;
    private bool _isWriterDone;
    private long _arrived;

    public OutputStage(IQueueConsumer consumer, IResultWriter writer, Ledger ledger, IOutputEvents events)
    {
        (_consumer, _writer, _ledger, _events) = (consumer, writer, ledger, events);
    }

    /// <summary>Takes the end of a delivery; returns at once.</summary>
    public void Post(in WorkEnd end)
    {
        // What goes back must not wait behind results that nobody reads.
        if (end.Outcome == WorkOutcome.Finished) _finished.Enqueue(end.Result);
        else _others.Enqueue(end);
        _signal.Set();
    }

    /// <summary>Nothing more will be claimed: end when everything in our hands is settled.</summary>
    public void CloseIntake()
    {
        _isIntakeClosed = true;
        _signal.Set();
    }

    /// <summary>Look again: the run is to end now.</summary>
    public void Wake() => _signal.Set();

    /// <summary>Works until the intake is closed and all is settled; reports failures and goes on.</summary>
    public async Task RunAsync(CancellationToken now)
    {
        using CancellationTokenRegistration gone =
            _writer.Gone.UnsafeRegister(static stage => ((OutputStage)stage!).Wake(), this);
        TimeSpan poll = PollMin;
        while (true)
        {
            int collected = CollectOthers();
            long arrivedBefore = _arrived;
            try
            {
                collected += await WriteAsync(now).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (now.IsCancellationRequested)
            {
                // The writer was interrupted because the run ends at once.
                Abandon();
            }
            catch (Exception failure)
            {
                _events.Failed(failure);
                Abandon();
            }

            if (now.IsCancellationRequested) Abandon();
            await SettleAsync().ConfigureAwait(false);
            if (_isIntakeClosed && _ledger.State.Outstanding == 0) return;
            if (collected > 0 || _arrived > arrivedBefore) poll = PollMin;
            // More may be waiting than one round takes; while the receiver takes nothing, asking at once is no use.
            if (collected > 0 && !_finished.IsEmpty) continue;
            bool mustPoll = _written.Count > 0 || !_finished.IsEmpty;
            await _signal.WaitAsync(mustPoll ? poll : Timeout.InfiniteTimeSpan).ConfigureAwait(false);
            poll = poll * 2 < PollMax ? poll * 2 : PollMax;
        }
    }

    private int CollectOthers()
    {
        int count = 0;
        while (_others.TryDequeue(out WorkEnd end))
        {
            count++;
            if (end.Outcome == WorkOutcome.Lost) _events.Settled(_ledger.Closed(end.Result, end.Outcome));
            else Add(end.Result, end.Outcome);
        }

        return count;
    }

    private async ValueTask<int> WriteAsync(CancellationToken now)
    {
        int count = 0;
        while ((_isWriterDone || !_writer.IsFull) && _finished.TryDequeue(out WorkResult result))
        {
            count++;
            if (_isWriterDone)
            {
                Add(result, WorkOutcome.HandedBack);
            }
            else if (_consumer.Holds(result.Delivery))
            {
                _written.Enqueue(result);
                _writer.Write(result);
            }
            else
            {
                _events.Settled(_ledger.Closed(result, WorkOutcome.Lost));
            }
        }

        if (_isWriterDone) return count;
        WriterProgress progress = await _writer.FlushAsync(now).ConfigureAwait(false);
        for (; _arrived < progress.Arrived; _arrived++) Add(_written.Dequeue(), WorkOutcome.Finished);
        if (!progress.IsClosed) return count;
        _events.OutputClosed();
        Abandon();
        return count;
    }

    /// <summary>Writes nothing more; what has not arrived goes back.</summary>
    private void Abandon()
    {
        _isWriterDone = true;
        while (_written.TryDequeue(out WorkResult result)) Add(result, WorkOutcome.HandedBack);
        while (_finished.TryDequeue(out WorkResult result)) Add(result, WorkOutcome.HandedBack);
    }

    private void Add(in WorkResult result, WorkOutcome outcome)
    {
        var end = new WorkEnd(result, outcome);
        _settling.Add(end);
        _settlements.Add(end.Settlement);
    }

    private async ValueTask SettleAsync()
    {
        if (_settlements.Count == 0) return;
        IReadOnlyList<bool>? accepted = null;
        try
        {
            accepted = await _consumer.SettleAsync(_settlements, CancellationToken.None).ConfigureAwait(false);
        }
        catch (Exception failure)
        {
            // Their leases end with this process; until then nobody else has them, so nothing is lost.
            _events.Failed(failure);
        }

        int outstanding = 0;
        for (int i = 0; i < _settling.Count; i++)
        {
            WorkEnd end = _settling[i];
            outstanding = _ledger.Closed(end.Result, accepted?[i] == true ? end.Outcome : WorkOutcome.Lost);
        }

        _settlements.Clear();
        _settling.Clear();
        _events.Settled(outstanding);
    }
}

/// <summary>What the output stage reports.</summary>
internal interface IOutputEvents
{
    /// <summary>Deliveries have left our hands; so many are still in them.</summary>
    void Settled(int outstanding);

    /// <summary>Nobody reads the results any more.</summary>
    void OutputClosed();

    /// <summary>Writing or settling failed.</summary>
    void Failed(Exception failure);
}
