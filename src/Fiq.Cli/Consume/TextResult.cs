using System.Buffers;
using System.Globalization;
using System.Text;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>
/// A line for people: <c>done #0 a1 "hello"  2.000 s  worker 1</c>. A body stays one line wherever it goes; on a
/// terminal it is shortened to the width.
/// </summary>
/// <param name="ink">Colours.</param>
/// <param name="width">The terminal's width; null when it is not a terminal and nothing is shortened.</param>
internal sealed class TextResult(Ink ink, int? width) : IResultFormat
{
    /// <summary>Even on a narrow terminal so much of a body is shown.</summary>
    private const int BodyWidthMin = 8;

    private static readonly SearchValues<byte> Plain =
        SearchValues.Create([.. Enumerable.Range(0x20, 0x5f).Select(code => (byte)code)]);

    private readonly string _done = ink.Green("done");

    public void Append(IBufferWriter<byte> line, in WorkResult result)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        Message message = result.Delivery.Message;
        string head = string.Create(invariant, $" #{result.Delivery.Offset} {message.Key}").TrimEnd();
        string tail = string.Create(invariant, $"  {result.Elapsed.TotalSeconds:0.000} s  worker {result.Worker}");
        if (result.Delivery.Attempt > 1) tail += string.Create(invariant, $"  attempt {result.Delivery.Attempt}");
        Append(line, _done);
        Append(line, head);
        AppendBody(line, message.Body.Span, "done".Length + head.Length + tail.Length);
        Append(line, tail);
        line.Write("\n"u8);
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
