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
    ProducerOptions options,
    AppendGate? limits = null,
    NamedProducer? producer = null,
    KeyWindow? keys = null) : IDisposable
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
        Append([request]);
        return new ValueTask<Stored>(request.Task);
    }

    /// <summary>Stores messages in order, each as if it came alone; they share commits as far as they can.</summary>
    public IReadOnlyList<Task<Stored>> AppendEach(IReadOnlyList<Message> messages)
    {
        var requests = new AppendRequest[messages.Count];
        for (int i = 0; i < requests.Length; i++) requests[i] = new AppendRequest([messages[i]], _overhead);
        Append(requests);
        return [.. requests.Select(request => request.Task)];
    }

    /// <summary>Stores how far the producer has come, behind what was appended before.</summary>
    public Task MoveAsync(ulong sequence, ReadOnlyMemory<byte> note)
    {
        var request = new AppendRequest([]) { Move = (sequence, note) };
        Append([request]);
        return request.Task;
    }

    private void Append(ReadOnlySpan<AppendRequest> requests)
    {
        lock (_gate)
        {
            ObjectDisposedException.ThrowIf(_closed, this);
            if (_failure is not null)
            {
                foreach (AppendRequest request in requests) request.Fail(_failure);
                return;
            }

            foreach (AppendRequest request in requests) _waiting.Enqueue(request);
            if (_committing) return;
            _committing = true;
        }

        CommitOnce();
        ContinueIfMoreWaits();
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

    private void CommitOnce() => Commit(Gather());

    private void Commit(List<AppendRequest> requests)
    {
        Exception? told;
        lock (_gate) told = _failure;
        if (told is null)
        {
            try
            {
                while (!TryStore(requests)) continue;
                return;
            }
            catch (FiqException error) when (requests.Count > 1
                && error.Code is ErrorCode.QueueFull or ErrorCode.MessageTooLarge)
            {
                // There is no room for all of them together; for some there may be.
                int half = requests.Count / 2;
                Commit(requests[..half]);
                Commit(requests[half..]);
                return;
            }
            catch (Exception error)
            {
                // Converted: every caller of this commit learns why it was not acknowledged.
                producer?.Doubt();
                told = error is FileSystemException system ? system.ToFiqException() : error;
                if (options.StopAtFailure) Refuse(told, requests);
            }
        }

        foreach (AppendRequest request in requests) request.Fail(told);
    }

    /// <summary>False when it was full and is to be tried again: then nothing of it was stored.</summary>
    private bool TryStore(List<AppendRequest> requests)
    {
        try
        {
            Store(requests);
            return true;
        }
        catch (FiqException error) when (IsFullForAll(error, requests))
        {
            // Not asked in the filter, which runs while the locks are still held.
            if (options.WhenFull?.Invoke(error) == true) return false;
            throw;
        }
    }

    private static bool IsFullForAll(FiqException error, List<AppendRequest> requests) =>
        error.Code == ErrorCode.DiskFull || (error.Code == ErrorCode.QueueFull && requests.Count == 1);

    private void Store(List<AppendRequest> requests)
    {
        producer?.Look();
        LogMark before = log.Watermark;
        if (requests[0].Move is var (sequence, note))
        {
            producer!.Move(sequence, note);
            requests[0].Complete(default);
        }
        else
        {
            StoreMessages(requests);
        }

        if (log.NeedsCare(before)) _care = _care.ContinueWith(_ => Care(), TaskScheduler.Default);
    }

    private void StoreMessages(List<AppendRequest> requests)
    {
        long now = (time.GetUtcNow().UtcTicks - DateTimeOffset.UnixEpoch.UtcTicks) / TimeSpan.TicksPerMicrosecond;
        using var commit = new GatheredCommit(requests, now, log, producer, keys);
        commit.Complete(StoreWithin(commit));
    }

    private long StoreWithin(GatheredCommit commit)
    {
        try
        {
            return log.Commit(commit, limits);
        }
        catch (FiqException error) when (error.Code is ErrorCode.QueueFull or ErrorCode.DiskFull)
        {
            // Not asked in the filter, which runs while the locks are still held.
            if (limits is null || !limits.TryMakeRoom()) throw;
            return log.Commit(commit, limits);
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
            limits?.AfterRoll();
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
                && (requests.Count == 0 || (bytes + next.Bytes <= CommitBytesMax && next.Move is null)))
            {
                bytes += next.Bytes;
                requests.Add(_waiting.Dequeue());
                // It is no commit, and goes alone.
                if (next.Move is not null) break;
            }
        }

        return requests;
    }
}
