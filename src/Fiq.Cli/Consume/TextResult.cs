using System.Buffers;
using System.Globalization;
using System.Text;
using Fiq.Cli.Messages;
using Fiq.Cli.Queues;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>
/// A line for people: <c>done #0 a1 "hello"  2.000 s  worker 1</c>, or
/// <c>retry #5 a1  attempt 2 of 5 failed: exit 1; again in 3.2 s</c>. A body stays one line wherever it goes; on a
/// terminal it is shortened to the width.
/// </summary>
/// <param name="ink">Colours.</param>
/// <param name="width">The terminal's width; null when it is not a terminal and nothing is shortened.</param>
internal sealed class TextResult(Ink ink, int? width) : IResultFormat
{
    /// <summary>Even on a narrow terminal so much of a body is shown.</summary>
    private const int BodyWidthMin = 8;

    /// <summary>And so much of an error.</summary>
    private const int ErrorWidthMin = 16;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(code => (byte)code)]);

    private readonly string _done = ink.Green("done");
    private readonly string _retry = ink.Yellow("retry");
    private readonly string _dead = ink.Red("dead");

    public void Append(IBufferWriter<byte> line, in WorkResult result)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        Message message = result.Delivery.Message;
        string head = string.Create(invariant, $" #{result.Delivery.Offset} {message.Key}").TrimEnd();
        if (result.Failure is { } failure)
        {
            AppendFailure(line, head, failure);
            return;
        }

        string tail = string.Create(invariant, $"  {result.Elapsed.TotalSeconds:0.000} s  worker {result.Worker}");
        if (result.Delivery.Attempt > 1) tail += string.Create(invariant, $"  attempt {result.Delivery.Attempt}");
        Append(line, _done);
        Append(line, head);
        AppendBody(line, message.Body.Span, "done".Length + head.Length + tail.Length);
        Append(line, tail);
        line.Write("\n"u8);
    }

    private void AppendFailure(IBufferWriter<byte> line, string head, WorkFailure failure)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string attempts = failure.Attempts == 1 ? "attempt" : "attempts";
        (string word, string plain, string before, string after) = failure.IsDead
            ? (_dead, "dead", string.Create(invariant, $"  after {failure.Attempts} {attempts}: "), "")
            : (_retry, "retry",
                string.Create(invariant, $"  attempt {failure.Attempts} of {failure.AttemptsMax} failed: "),
                $"; again in {WorkText.Format(failure.Delay.TotalSeconds)}");
        string error = Printable.Escape(failure.Error);
        int room = Math.Max(ErrorWidthMin, (width ?? int.MaxValue)
            - plain.Length - head.Length - before.Length - after.Length - 1);
        if (error.Length > room) error = error[..(room - 1)] + "…";
        Append(line, $"{word}{head}{before}{error}{after}\n");
    }

    private static void Append(IBufferWriter<byte> line, string text) => Encoding.UTF8.GetBytes(text, line);

    private void AppendBody(IBufferWriter<byte> line, ReadOnlySpan<byte> body, int aroundWidth)
    {
        if (width is { } columns)
        {
            // A space and two quotes stand around the body; the last column stays free, or the line would wrap.
            Append(line, " " + Shown.Body(body, Math.Max(BodyWidthMin, columns - aroundWidth - 4)));
            return;
        }

        line.Write(" \""u8);
        if (body.IndexOfAnyExcept(Plain) < 0) line.Write(body);
        else Append(line, Printable.Escape(body));
        line.Write("\""u8);
    }
}
