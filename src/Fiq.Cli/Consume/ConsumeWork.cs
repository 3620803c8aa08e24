using Fiq.Cli.Exec;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>Chooses what works on the messages of a run, and how that looks.</summary>
internal static class ConsumeWork
{
    /// <summary>A command, or without one the processing time. The consumer is disposed if it can't be had.</summary>
    public static async Task<IConsumeWork> OpenAsync(
        Invocation invocation, IQueueConsumer consumer, ExecOptions? command, bool raw = false)
    {
        if (command is null) return new SleepWork(invocation.Streams, Format(invocation, consumer, raw));
        try
        {
            return new ExecWork(invocation, consumer, command);
        }
        catch (StopConsumingException error)
        {
            await consumer.DisposeAsync();
            throw new FiqException(ErrorCode.Failed, error.Message, null, error);
        }
    }

    private static IResultFormat Format(Invocation invocation, IQueueConsumer consumer, bool raw)
    {
        if (invocation.Json) return new JsonResult(consumer.Group);
        if (raw) return new RawResult();
        Streams streams = invocation.Streams;
        return new TextResult(invocation.OutputInk, streams.OutputIsTerminal ? streams.Width : null);
    }
}
