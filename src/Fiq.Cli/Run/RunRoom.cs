using Fiq.Cli.Frame;
using Fiq.Cli.Produce;
using Fiq.Engine;

namespace Fiq.Cli.Run;

/// <summary>
/// Waits for room while somebody still works on the queue: what is worked off makes room for the rest of the input.
/// </summary>
internal sealed class RunRoom(Invocation invocation, QueueName queue) : IDisposable
{
    /// <summary>Segments are deleted a moment after their last message is settled.</summary>
    private static readonly TimeSpan IdleMax = TimeSpan.FromSeconds(10);

    private readonly FullWait _wait = new(invocation);
    private readonly TimeProvider _time = TimeProvider.System;
    private long? _idleSince;

    /// <summary>Whether to try again; asked by one thread at a time.</summary>
    public bool Ask(FiqException error)
    {
        QueueDescription found =
            invocation.Engine.DescribeAsync(queue, CancellationToken.None).AsTask().GetAwaiter().GetResult();
        if (found.Groups.Any(group => group.Name == GroupName.Default && group.Lag > 0)) _idleSince = null;
        else _idleSince ??= _time.GetTimestamp();
        return (_idleSince is not { } since || _time.GetElapsedTime(since) < IdleMax) && _wait.Ask(error);
    }

    public void Stop() => _wait.Stop();

    public void Dispose() => _wait.Dispose();
}
