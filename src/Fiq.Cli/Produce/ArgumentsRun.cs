using System.Text;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Engine;

namespace Fiq.Cli.Produce;

/// <summary>Messages given as arguments: one each, stored together.</summary>
internal static class ArgumentsRun
{
    public static async Task<ExitCode> RunAsync(
        Invocation invocation,
        IQueueProducer producer,
        ILineFormat format,
        IReadOnlyList<string> arguments,
        RefusalReport refusals,
        bool isNumbered)
    {
        RefuseDamagedBytes(arguments);
        var messages = new List<Message>(arguments.Count);
        for (int i = 0; i < arguments.Count; i++)
        {
            if (format.Parse(Encoding.UTF8.GetBytes(arguments[i]), out LineRefusal? refusal) is { } message)
                messages.Add(isNumbered ? message with { Sequence = (ulong)i + 1 } : message);
            else
                refusals.Add(i + 1, refusal!);
        }

        if (messages.Count > 0)
        {
            IReadOnlyList<Acknowledgement> stored = await producer.ProduceAsync(messages, CancellationToken.None);
            var acks = new AckWriter(invocation.Streams.Output, invocation.Json, invocation.Quiet);
            for (int i = 0; i < stored.Count; i++) acks.Write(stored[i], messages[i].Key);
            acks.Flush();
        }

        return refusals.Count > 0 ? ExitCode.SomeRefused : ExitCode.Done;
    }

    /// <summary>
    /// .NET decodes arguments and puts U+FFFD where bytes are not UTF-8. A message is stored exactly or not at all.
    /// </summary>
    private static void RefuseDamagedBytes(IReadOnlyList<string> arguments)
    {
        if (arguments.Any(argument => argument.Contains('\uFFFD', StringComparison.Ordinal)))
            throw OptionKinds.Wrong(
                "a message among the arguments is not UTF-8 (or holds U+FFFD)", "Send its bytes through a pipe.");
    }
}
