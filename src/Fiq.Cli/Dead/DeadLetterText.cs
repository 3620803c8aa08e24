using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Queues;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Dead;

/// <summary>Dead letters in words and as JSON.</summary>
internal static class DeadLetterText
{
    private const int ErrorWidth = 60;

    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary>The heads of the columns of <see cref="Row"/>.</summary>
    public static string[] Columns => ["letter", "offset", "group", "attempts", "age", "key", "error"];

    /// <summary>One letter as cells of a table.</summary>
    public static string[] Row(DeadLetter letter) =>
    [
        letter.LetterOffset.ToString(Invariant),
        string.Create(Invariant, $"#{letter.Offset}"),
        letter.Group.ToString(),
        letter.Attempts.ToString(Invariant),
        WorkText.Format(AgeSeconds(letter)),
        letter.Message.Key.IsEmpty ? "-" : letter.Message.Key.ToString(),
        Shorten(Printable.Escape(letter.Error)),
    ];

    /// <summary>One letter on several lines, with its body.</summary>
    public static string Page(DeadLetter letter, int width) => string.Create(
        Invariant,
        $"""
        letter {letter.LetterOffset} · #{letter.Offset} of {letter.Queue}, given up by group {letter.Group}
          key       {(letter.Message.Key.IsEmpty ? "-" : letter.Message.Key)}
          body      {Shown.Body(letter.Message.Body.Span, width)}
          time      {SecondsText.Format(letter.Message.ProcessingMicroseconds)}
          died      {TimeText.Format(letter.DiedMicroseconds)}
          attempts  {letter.Attempts}, the last one in {letter.Worker} (process/worker)
          error     {Printable.Escape(letter.Error)}

        """);

    /// <summary>
    /// One line: <c>{"letter":0,"queue":"orders","group":"default","attempts":5,"error":"…","worker":"4711/2",
    /// "died":"…Z","offset":7,"key":…}</c>, the rest as of any message.
    /// </summary>
    public static void WriteJson(ByteOutput output, DeadLetter letter)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("letter"u8, letter.LetterOffset);
            writer.WriteString("queue"u8, letter.Queue.ToString());
            writer.WriteString("group"u8, letter.Group.ToString());
            writer.WriteNumber("attempts"u8, letter.Attempts);
            writer.WriteString("error"u8, letter.Error);
            writer.WriteString("worker"u8, letter.Worker);
            writer.WriteString("died"u8, TimeText.Format(letter.DiedMicroseconds));
            JsonMessageWriter.WriteMembers(writer, letter.Offset, letter.Message);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static double AgeSeconds(DeadLetter letter) => Math.Max(
        0, (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).TotalSeconds - letter.DiedMicroseconds / 1e6);

    private static string Shorten(string error) =>
        error.Length <= ErrorWidth ? error : $"{error[..(ErrorWidth - 1)]}…";
}
