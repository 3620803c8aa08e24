using System.CommandLine;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Dead;

/// <summary><c>fiq dead show</c>: one letter, with its body and its whole error.</summary>
internal static class DeadShowCommand
{
    private const int WidthDefault = 200;
    private const int IndentWidth = 14;

    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        var number = new Argument<long>("LETTER")
        {
            Description = "Its number, as fiq dead list shows it.",
            HelpName = "LETTER",
            CustomParser = result => OptionKinds.Read(result, ReadNumber),
        };
        return new CliCommand("show", "Shows one dead letter.", "fiq dead show orders 0")
        {
            queue, number,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), invocation.Get(number)));
    }

    private static long ReadNumber(string text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number)
            ? number
            : throw OptionKinds.Wrong(
                $"\"{Printable.Escape(text)}\" is not the number of a letter", "fiq dead list shows their numbers.");

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName queue, long number)
    {
        await foreach (DeadLetter letter in invocation.Engine.ReadDeadLettersAsync(queue, CancellationToken.None))
        {
            if (letter.LetterOffset != number) continue;
            Streams streams = invocation.Streams;
            int room = (streams.OutputIsTerminal ? streams.Width : WidthDefault) - IndentWidth;
            if (invocation.Json) DeadLetterText.WriteJson(streams.Output, letter);
            else streams.Output.Write(DeadLetterText.Page(letter, Math.Max(IndentWidth, room)));
            return ExitCode.Done;
        }

        throw new FiqException(
            ErrorCode.MessageNotFound,
            $"queue \"{queue}\" has no dead letter {number}",
            $"fiq dead list {queue} shows those that are there.")
        {
            Queue = queue.ToString(),
        };
    }
}
