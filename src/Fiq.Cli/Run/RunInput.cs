using System.Globalization;
using Fiq.Cli.Consume;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Produce;
using Fiq.Engine;

namespace Fiq.Cli.Run;

/// <summary>Brings the lines of stdin into the queue while they are worked on.</summary>
internal sealed class RunInput : IConsumeFeed
{
    private readonly TaskCompletionSource _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly IQueueProducer _producer;
    private readonly RunSource _source;
    private readonly RefusalReport _refusals;
    private readonly RunRoom _room;
    private readonly PipeRun _pipe;
    private readonly bool _hasEnded;
    private Task _pump = Task.CompletedTask;

    public RunInput(
        Invocation invocation,
        IQueueProducer producer,
        RunSource source,
        bool hasEnded,
        ILineFormat format,
        RefusalReport refusals,
        RunRoom room)
    {
        (_producer, _source, _refusals, _room, _hasEnded) = (producer, source, refusals, room, hasEnded);
        var silent = new AckWriter(invocation.Streams.Output, json: false, quiet: true);
        var rules = new PipeRules
        {
            InputIsReady = invocation.Streams.InputIsReady,
            Numbering = source,
            GoOn = _ => "the same command with the same input goes on behind it",
        };
        _pipe = new PipeRun(producer, source, format, silent, refusals, rules);
    }

    /// <summary>Completes once all of the input is in the queue.</summary>
    public Task Ended => _ended.Task;

    /// <summary>Why the rest of the input could not be brought; null when nothing failed.</summary>
    public Exception? Error { get; private set; }

    /// <summary>Whether some of the input is not in the queue.</summary>
    public bool IsPartly => _refusals.Count > 0 || _pipe.MoreFollowed;

    public void Begin(Action stop)
    {
        if (_hasEnded) _ended.SetResult();
        else _pump = PumpAsync(stop);
    }

    public void Stop()
    {
        // First: whoever waits for room holds up the other.
        _room.Stop();
        _pipe.Stop();
    }

    public async ValueTask<string> EndAsync()
    {
        Stop();
        await _pump;
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string refused = _refusals.Count switch
        {
            0 => "",
            1 => " · 1 line not stored",
            long count => string.Create(invariant, $" · {count:N0} lines not stored"),
        };
        return _pipe.MoreFollowed
            ? refused + string.Create(invariant, $" · exit in line {_pipe.ExitLine} ended the input")
            : refused;
    }

    private async Task PumpAsync(Action stop)
    {
        try
        {
            await _pipe.RunAsync();
            if (!_pipe.IsWhole) return;
            await _source.EndAsync(_producer);
            _ended.SetResult();
        }
        catch (Exception error)
        {
            // It is thrown again once what runs has been finished.
            Error = error;
            stop();
        }
    }
}
