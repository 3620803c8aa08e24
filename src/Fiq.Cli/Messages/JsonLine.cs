using System.Globalization;
using System.Text.Json;

namespace Fiq.Cli.Messages;

/// <summary>
/// A message as one JSON object on a line, as <see cref="JsonMessageWriter"/> writes it. Strict: a member that is not
/// known or comes twice is refused, and nesting is bounded. What an option gives holds where the object says nothing.
/// </summary>
internal sealed class JsonLine : ILineFormat
{
    /// <summary>A body byte takes at most six bytes of JSON (<c>\u0000</c>); the rest is for other members.</summary>
    private const int EscapedSizeMax = 6;

    private const int OtherMembersSizeMax = 1024 * 1024;

    private static readonly JsonReaderOptions Reading = new() { MaxDepth = JsonMessageWriter.DepthMax };

    private readonly MessageKey _key;
    private readonly long _timeMicroseconds;
    private readonly MessageHeaders _headers;
    private readonly Urgency _urgency;

    public JsonLine(
        MessageKey? key, long? timeMicroseconds, MessageHeaders headers, int bodySizeMax, Urgency? urgency = null)
    {
        _urgency = urgency ?? Urgency.None;
        _key = key ?? default;
        _timeMicroseconds = timeMicroseconds ?? 0;
        _headers = headers;
        BodySizeMax = bodySizeMax;
    }

    public int BodySizeMax { get; }

    public int LineSizeMax => BodySizeMax * EscapedSizeMax + OtherMembersSizeMax;

    public bool IsText => false;

    public Message? Parse(ReadOnlyMemory<byte> line, out LineRefusal? refusal)
    {
        if (line.Span.IndexOfAnyExcept(" \t\r"u8) < 0)
        {
            refusal = new LineRefusal(RefusalKind.EmptyLine, "the line is empty", "a JSON object with a body");
            return null;
        }

        var members = new JsonMembers(line);
        try
        {
            refusal = Read(line.Span, members);
        }
        catch (JsonException error)
        {
            refusal = NotJson(string.Create(
                CultureInfo.InvariantCulture, $"the line is not JSON (byte {error.BytePositionInLine ?? 0})"));
        }
        catch (InvalidOperationException)
        {
            // The reader says so for a string with half a surrogate pair or with bytes that are not UTF-8.
            refusal = NotJson("a string is not valid Unicode; bytes go into bodyBase64");
        }

        return refusal is null ? Make(members) : null;
    }

    private LineRefusal? Read(ReadOnlySpan<byte> bytes, JsonMembers members)
    {
        var reader = new Utf8JsonReader(bytes, Reading);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject) return NotJson("not a JSON object");
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            if (members.ReadMember(ref reader) is { } wrong) return NotJson(wrong);
        if (reader.Read()) return NotJson("something follows the JSON object");
        if (!members.HasBody) return NotJson("the object has no body");
        int size = members.Body.Length;
        return size > BodySizeMax ? LineRefusal.TooLarge(size, BodySizeMax) : null;
    }

    private Message Make(JsonMembers members) => new()
    {
        Key = members.Key ?? _key,
        Body = members.Body,
        ProcessingMicroseconds = members.TimeMicroseconds ?? _timeMicroseconds,
        Headers = members.HasHeaders ? members.CreateHeaders(_headers) : _headers,
        Priority = members.Priority ?? _urgency.Priority,
        NotBeforeMicroseconds = members.NotBeforeMicroseconds ?? _urgency.NotBefore(),
    };

    private static LineRefusal NotJson(string what) => new(RefusalKind.NotJson, what);
}
