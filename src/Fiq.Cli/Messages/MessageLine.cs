using System.Buffers;
using System.Globalization;

namespace Fiq.Cli.Messages;

/// <summary>
/// A line <c>key:message:processing_time</c>. The key runs to the first colon, the time follows the last, and the
/// message between them may hold colons and any byte. What an option gives for all lines is not in the line: with
/// <c>--key</c> it is <c>message:time</c>, with both options it is the message alone.
/// </summary>
internal sealed class MessageLine : ILineFormat
{
    /// <summary>The most bytes that key, time, blanks and colons may add to the message in one line.</summary>
    private const int FrameSizeMax = 4096;

    private const int ShownMax = 40;

    private static readonly SearchValues<byte> NumberBytes = SearchValues.Create("0123456789."u8);

    private readonly MessageKey? _key;
    private readonly long? _timeMicroseconds;
    private readonly MessageHeaders _headers;
    private readonly Urgency _urgency;
    private readonly string _expected;

    public MessageLine(
        MessageKey? key, long? timeMicroseconds, MessageHeaders headers, int bodySizeMax, Urgency? urgency = null)
    {
        _urgency = urgency ?? Urgency.None;
        _key = key;
        _timeMicroseconds = timeMicroseconds;
        _headers = headers;
        BodySizeMax = bodySizeMax;
        _expected = (key is null ? "key:" : "") + "message" + (timeMicroseconds is null ? ":seconds" : "");
    }

    /// <summary>The shape of a line, for the prompt and for errors.</summary>
    public string Expected => _expected;

    public int BodySizeMax { get; }

    public int LineSizeMax => BodySizeMax + FrameSizeMax;

    public bool IsText => true;

    /// <summary>
    /// Reads a line without its line break; the message's parts are slices of it, not copies. Null when it is not a
    /// message: then <paramref name="refusal"/> says why.
    /// </summary>
    public Message? Parse(ReadOnlyMemory<byte> line, out LineRefusal? refusal)
    {
        ReadOnlySpan<byte> bytes = line.Span;
        if (Trim(bytes, 0, bytes.Length) is (var from, var to) && from == to)
        {
            refusal = new LineRefusal(RefusalKind.EmptyLine, "the line is empty", _expected);
            return null;
        }

        int bodyStart = 0;
        int bodyEnd = line.Length;
        MessageKey key = default;
        long time = 0;
        refusal = CutTime(bytes, ref bodyEnd, ref time) ?? CutKey(line, bodyEnd, ref bodyStart, ref key)
            ?? CheckBody(bodyEnd - bodyStart);
        if (refusal is not null) return null;
        return new Message
        {
            Key = key,
            Body = line[bodyStart..bodyEnd],
            ProcessingMicroseconds = time,
            Headers = _headers,
            Priority = _urgency.Priority,
            NotBeforeMicroseconds = _urgency.NotBefore(),
        };
    }

    private LineRefusal? CutKey(ReadOnlyMemory<byte> line, int bodyEnd, ref int bodyStart, ref MessageKey key)
    {
        if (_key is { } given)
        {
            key = given;
            return null;
        }

        ReadOnlySpan<byte> bytes = line.Span;
        int colon = bytes[..bodyEnd].IndexOf((byte)':');
        if (colon < 0)
            return new LineRefusal(
                _timeMicroseconds is null ? RefusalKind.NoTime : RefusalKind.NoKey,
                _timeMicroseconds is null ? "no processing time" : "no key",
                _expected);
        bodyStart = colon + 1;
        (int from, int to) = Trim(bytes, 0, colon);
        if (from == to) return new LineRefusal(RefusalKind.NoKey, "the key is empty", _expected);
        if (MessageKey.TryCreate(line[from..to], out key)) return null;
        return to - from > MessageKey.LengthMax
            ? new LineRefusal(
                RefusalKind.KeyTooLong,
                string.Create(
                    CultureInfo.InvariantCulture, $"the key has {to - from} bytes, at most {MessageKey.LengthMax}"))
            : new LineRefusal(
                RefusalKind.KeyCharacters, $"key {Quote(bytes[from..to])} has other characters than A-Za-z0-9_.-");
    }

    private LineRefusal? CutTime(ReadOnlySpan<byte> bytes, ref int bodyEnd, ref long time)
    {
        if (_timeMicroseconds is { } given)
        {
            time = given;
            return null;
        }

        int colon = bytes.LastIndexOf((byte)':');
        bool colonIsKeys = colon >= 0 && _key is null && bytes[..colon].IndexOf((byte)':') < 0;
        if (colon < 0 || colonIsKeys) return new LineRefusal(RefusalKind.NoTime, "no processing time", _expected);
        (int from, int to) = Trim(bytes, colon + 1, bytes.Length);
        if (from == to) return new LineRefusal(RefusalKind.NoTime, "no processing time", _expected);
        bodyEnd = colon;
        return SecondsText.TryParse(bytes[from..to], out time) ? null : WrongTime(bytes[from..to]);
    }

    private LineRefusal WrongTime(ReadOnlySpan<byte> text)
    {
        string shown = Quote(text);
        bool isNumber = text.IndexOfAnyExcept(NumberBytes) < 0
            && decimal.TryParse(text, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out _);
        if (!isNumber)
            return new LineRefusal(
                RefusalKind.TimeNotNumber, $"processing time {shown} is not a number of seconds", _expected);
        return new LineRefusal(
            RefusalKind.TimeTooLong, $"processing time {shown} is not 0 to 86400 seconds with at most 6 decimals");
    }

    private LineRefusal? CheckBody(int size)
    {
        if (size == 0) return new LineRefusal(RefusalKind.EmptyMessage, "the message is empty", _expected);
        return size > BodySizeMax ? LineRefusal.TooLarge(size, BodySizeMax) : null;
    }

    private static (int From, int To) Trim(ReadOnlySpan<byte> bytes, int from, int to)
    {
        while (from < to && bytes[from] is (byte)' ' or (byte)'\t') from++;
        while (from < to && bytes[to - 1] is (byte)' ' or (byte)'\t') to--;
        return (from, to);
    }

    /// <summary>Foreign bytes made safe and short.</summary>
    private static string Quote(ReadOnlySpan<byte> bytes)
    {
        string text = Printable.Escape(bytes.Length > ShownMax ? bytes[..ShownMax] : bytes);
        return bytes.Length > ShownMax ? $"\"{text}…\"" : $"\"{text}\"";
    }
}
