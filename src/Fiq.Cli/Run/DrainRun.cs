using System.Globalization;
using System.Runtime.ExceptionServices;
using Fiq.Cli.Consume;
using Fiq.Cli.Exec;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Produce;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Run;

/// <summary>
/// One run of <c>fiq run</c>: finds where it begins, reads and works at the same time, and says at its end what to do
/// with what is left.
/// </summary>
internal sealed class DrainRun(Invocation invocation, RunOptions options, ExecOptions? command, QueueName queue)
{
    private readonly bool _isNamed = invocation.Get(options.Queue) is not null;

    // A private queue that nothing was stored in is of no use to anybody.
    private bool _isPrivate = invocation.Get(options.Queue) is null;
    private bool _hasBegun;
    private bool _isDrained;
    private bool _isStored;
    private bool _hasDead;

    public async Task<ExitCode> RunAsync()
    {
        ExitCode exit;
        try
        {
            exit = await WorkAsync();
        }
        catch (Exception)
        {
            // The error is the last of the output.
            await LeaveAsync();
            throw;
        }

        await LeaveAsync();
        return exit;
    }

    private async Task<ExitCode> WorkAsync()
    {
        using var room = new RunRoom(invocation, queue);
        var opening = new ProducerOptions
        {
            Name = RunStart.Producer,
            StopAtFailure = true,
            StoreWhatFits = true,
            WhenFull = room.Ask,
        };
        await using IQueueProducer producer =
            await invocation.Engine.OpenProducerAsync(queue, opening, CancellationToken.None);
        RunStart start = await FindStartAsync(producer);
        ILineFormat format = options.Format(invocation, producer.MessageBytesMax);
        var refusals = new RefusalReport(invocation.Streams, invocation.Json, "line", queue);
        using var source = new RunSource(invocation.Streams.Input, format, start);
        source.SkipStored(format, refusals, queue);
        if (producer.QueueCreated) invocation.Say(await NewQueue.SentenceAsync(invocation, queue));
        if (start.Lines > 0)
            invocation.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"an unfinished run of {queue} goes on behind line {start.Lines:N0} of its input"));
        var input = new RunInput(
            invocation, producer, source, start is { Lines: > 0, Note.HasEnded: true }, format, refusals, room);
        _hasBegun = true;
        try
        {
            return await ConsumeAsync(input, start);
        }
        finally
        {
            ProducerPosition last = await producer.FindPositionAsync(CancellationToken.None);
            _isStored = last.Sequence > start.Note.Base;
        }
    }

    private async Task<RunStart> FindStartAsync(IQueueProducer producer)
    {
        ProducerPosition last = await producer.FindPositionAsync(CancellationToken.None);
        QueueDescription found = await invocation.Engine.DescribeAsync(queue, CancellationToken.None);
        RunStart start = RunStart.Of(last, found, invocation.Get(options.New), _isPrivate);
        _isPrivate = start.Note.IsPrivate;
        return start;
    }

    private async Task<ExitCode> ConsumeAsync(RunInput input, RunStart start)
    {
        IQueueConsumer consumer = await invocation.Engine.OpenConsumerAsync(
            queue, options.Consumer(invocation, queue), CancellationToken.None);
        await using IConsumeWork work = await ConsumeWork.OpenAsync(invocation, consumer, command);
        var run = new ConsumeRun(
            invocation, consumer, options.Consumption(invocation, input.Ended), work, input);
        ExitCode exit = await run.RunAsync();
        if (input.Error is { } error) ExceptionDispatchInfo.Throw(error);
        _isDrained = run.Summary.Reason == EndReason.Empty;
        // Unlike a consumer a run has an end of its own, and did not come to it.
        if (!_isDrained) return exit == ExitCode.Done ? ExitCode.Failed : exit;
        _hasDead = run.Summary.Dead > 0 || (start.Lines > 0 && await HasDeadAsync(start.Note.First));
        return exit == ExitCode.Done && (input.IsPartly || _hasDead) ? ExitCode.SomeRefused : exit;
    }

    // Those that died before the run was interrupted.
    private async Task<bool> HasDeadAsync(long first)
    {
        await foreach (DeadLetter letter in invocation.Engine.ReadDeadLettersAsync(queue, CancellationToken.None))
            if (letter.Offset >= first && letter.Group == GroupName.Default) return true;
        return false;
    }

    private async Task LeaveAsync()
    {
        bool isEmpty = _isPrivate && (_isDrained ? !_hasDead : !_isStored);
        if (isEmpty) await invocation.Engine.DeleteAsync(queue, CancellationToken.None);
        else if (_hasDead) invocation.Say($"some messages are dead{Kept()}: fiq dead list {queue} shows them");
        else if (_hasBegun && !_isDrained) invocation.Say($"not finished; {Resume()} goes on");
    }

    private string Kept() => _isPrivate ? $", and {queue} is kept" : "";

    private string Resume()
    {
        string? without = _isStored ? options.New.Name : null;
        return ResumeCommand.Of(invocation, RunCommand.Name, queue, _isNamed, without);
    }
}
