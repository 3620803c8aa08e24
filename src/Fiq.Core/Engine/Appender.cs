using System.Text;
using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Gathers what callers of this process want to append and brings it to the log one commit at a time: everything that
/// arrived while the last commit was under way goes into the next. When nothing is under way the caller commits by
/// itself, without a change of threads. Callers are answered outside all locks.
/// </summary>
internal sealed class Appender(
    QueueLog log,
    TimeProvider time,
    bool stopAtFailure,
    NamedProducer? producer = null,
    KeyWindow? keys = null,
    Func<FiqException, bool>? whenFull = null) : IDisposable
{
    /// <summary>
    /// No commit gathers more than this many bytes of records: enough to amortize a sync, little enough to stay in
    /// memory. A single larger request makes a commit of its own.
    /// </summary>
    public const long CommitBytesMax = 4 * 1024 * 1024;

    private readonly Lock _gate = new();

    // Guarded by the gate: requests in the order of their calls, and whether some thread is committing.
    private readonly Queue<AppendRequest> _waiting = new();
    private bool _committing;
    private bool _closed;
    private Exception? _failure;

    // Tidying behind a roll. Changed only by whoever commits.
    private Task _care = Task.CompletedTask;

    // What the name adds to each record, rounded up.
    private readonly int _overhead = producer is null ? 0 : Encoding.UTF8.GetByteCount(producer.Name.ToString()) + 8;

    /// <summary>Stores messages, all or none, and returns where they are once they are durable.</summary>
    public ValueTask<Stored> AppendAsync(IReadOnlyList<Message> messages)
    {
        var request = new AppendRequest(messages, _overhead);
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_failure is not null) return ValueTask.FromException<Stored>(_failure);
            _waiting.Enqueue(request);
            if (_committing) return new ValueTask<Stored>(request.Task);
            _committing = true;
        }

        CommitOnce();
        ContinueIfMoreWaits();
        return new ValueTask<Stored>(request.Task);
    }

    /// <summary>Takes nothing more. What was taken is still brought to its end by whoever commits.</summary>
    public void Dispose()
    {
        lock (_gate) _closed = true;
        SpinWait.SpinUntil(() =>
        {
            lock (_gate) return !_committing;
        });
        _care.Wait();
    }

    private void ContinueIfMoreWaits()
    {
        lock (_gate)
        {
            if (_waiting.Count == 0)
            {
                _committing = false;
                return;
            }
        }

        // Others wait already: a loop of its own serves them, and this caller goes its way.
        ThreadPool.UnsafeQueueUserWorkItem(static appender => appender.CommitUntilNoneWaits(), this, false);
    }

    private void CommitUntilNoneWaits()
    {
        while (true)
        {
            CommitOnce();
            lock (_gate)
            {
                if (_waiting.Count > 0) continue;
                _committing = false;
                return;
            }
        }
    }

    private void CommitOnce()
    {
        List<AppendRequest> requests = Gather();
        try
        {
            while (!TryCommit(requests)) continue;
        }
        catch (Exception error)
        {
            // Converted: every caller of this commit learns why it was not acknowledged.
            producer?.Doubt();
            Exception told = error is FileSystemException system ? system.ToFiqException() : error;
            if (stopAtFailure) Refuse(told, requests);
            foreach (AppendRequest request in requests) request.Fail(told);
        }
    }

    /// <summary>False when it was full and is to be tried again: then nothing of it was stored.</summary>
    private bool TryCommit(List<AppendRequest> requests)
    {
        try
        {
            producer?.Look();
            long now = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
            using var commit = new GatheredCommit(requests, now, log, producer, keys);
            LogMark before = log.Watermark;
            commit.Complete(log.Commit(commit));
            if (log.NeedsCare(before)) _care = _care.ContinueWith(_ => Care(), TaskScheduler.Default);
            return true;
        }
        catch (FiqException error)
            when (whenFull is not null && error.Code is ErrorCode.QueueFull or ErrorCode.DiskFull && whenFull(error))
        {
            return false;
        }
    }

    // Before anybody hears of the failure, so that nothing gets in behind it.
    private void Refuse(Exception failure, List<AppendRequest> requests)
    {
        lock (_gate)
        {
            _failure = failure;
            while (_waiting.TryDequeue(out AppendRequest? request)) requests.Add(request);
        }
    }

    private void Care()
    {
        try
        {
            log.Care();
        }
        catch (Exception error) when (error is IOException or FiqException)
        {
            // Only room and an index are missing; whoever recovers or reads does without. The log itself is as it was.
            System.Diagnostics.Debug.WriteLine(error.Message);
        }
    }

    private List<AppendRequest> Gather()
    {
        var requests = new List<AppendRequest>();
        long bytes = 0;
        lock (_gate)
        {
            while (_waiting.TryPeek(out AppendRequest? next)
                && (requests.Count == 0 || bytes + next.Bytes <= CommitBytesMax))
            {
                bytes += next.Bytes;
                requests.Add(_waiting.Dequeue());
            }
        }

        return requests;
    }
}
