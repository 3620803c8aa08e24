using System.Text.Json;
using System.Text.Unicode;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Messages;

/// <summary>The members of one JSON message while it is read.</summary>
internal sealed class JsonMembers
{
    /// <summary>Every member by name; its place is its bit in <see cref="_seen"/>.</summary>
    private static readonly string[] Names =
    [
        "key", "body", "bodyBase64", "time", "headers", "priority", "notBefore", "offset", "timestamp",
        "worker", "attempt", "outcome", "seconds", "group",
    ];

    private readonly ReadOnlyMemory<byte> _line;
    private readonly List<KeyValuePair<string, string>> _headers = [];
    private int _seen;
    private bool _bodyIsJson;

    public JsonMembers(ReadOnlyMemory<byte> line) => _line = line;

    public MessageKey? Key { get; private set; }

    public ReadOnlyMemory<byte> Body { get; private set; }

    public bool HasBody { get; private set; }

    public long? TimeMicroseconds { get; private set; }

    public int? Priority { get; private set; }

    public long? NotBeforeMicroseconds { get; private set; }

    public bool HasHeaders => _headers.Count > 0;

    /// <summary>The message's own headers, then those given for all that it does not have itself.</summary>
    public MessageHeaders CreateHeaders(MessageHeaders common) => MessageHeaders.Create(
        _headers.Concat(common.Pairs().Where(pair => _headers.TrueForAll(own => own.Key != pair.Key))));

    /// <summary>Reads the member whose name is the current token. Returns what is wrong with it, or null.</summary>
    public string? ReadMember(ref Utf8JsonReader reader)
    {
        int known = -1;
        for (int i = 0; i < Names.Length && known < 0; i++)
            if (reader.ValueTextEquals(Names[i])) known = i;
        string name = known >= 0 ? Names[known] : reader.GetString() ?? "";
        if (known < 0) return $"unknown member \"{Printable.Escape(name)}\" (known: {string.Join(", ", Names)})";
        if ((_seen & (1 << known)) != 0) return $"member \"{name}\" comes twice";
        _seen |= 1 << known;
        reader.Read();
        return name switch
        {
            "key" => ReadKey(ref reader),
            "body" => ReadBody(ref reader),
            "bodyBase64" => ReadBase64(ref reader),
            "time" => ReadTime(ref reader),
            "headers" => ReadHeaders(ref reader),
            "priority" => ReadPriority(ref reader),
            "notBefore" => ReadNotBefore(ref reader),
            // Where a message was, and what became of it there, belongs to the queue that it came from.
            _ => reader.TokenType is JsonTokenType.Number or JsonTokenType.String or JsonTokenType.Null
                ? null
                : $"{name} is neither a number nor a time",
        };
    }

    private string? ReadKey(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.String) return "key is not a string";
        if (!MessageKey.TryCreate(Text(ref reader), out MessageKey key))
            return $"key is not 1 to {MessageKey.LengthMax} of A-Za-z0-9_.-";
        Key = key;
        return null;
    }

    private string? ReadBody(ref Utf8JsonReader reader)
    {
        if (HasBody) return "body and bodyBase64 are both given";
        HasBody = true;
        if (reader.TokenType == JsonTokenType.String)
        {
            Body = Text(ref reader);
            return null;
        }

        int start = (int)reader.TokenStartIndex;
        reader.Skip();
        Body = _line[start..(int)reader.BytesConsumed];
        if (!Utf8.IsValid(Body.Span)) return "body is not valid Unicode; bytes go into bodyBase64";
        AddJsonContentType();
        return null;
    }

    private string? ReadBase64(ref Utf8JsonReader reader)
    {
        if (HasBody) return "body and bodyBase64 are both given";
        HasBody = true;
        if (reader.TokenType != JsonTokenType.String || !reader.TryGetBytesFromBase64(out byte[]? bytes))
            return "bodyBase64 is not base64";
        Body = bytes;
        return null;
    }

    private string? ReadTime(ref Utf8JsonReader reader)
    {
        if (reader.TokenType != JsonTokenType.Number || !SecondsText.TryParse(reader.ValueSpan, out long time))
            return "time is not 0 to 86400 seconds with at most 6 decimals";
        TimeMicroseconds = time;
        return null;
    }

    private string? ReadPriority(ref Utf8JsonReader reader)
    {
        bool isDigit = reader.TokenType == JsonTokenType.Number && reader.ValueSpan.Length == 1;
        if (!isDigit) return $"priority is not 0 to {Message.PriorityMax}";
        Priority = reader.ValueSpan[0] - '0';
        return null;
    }

    private string? ReadNotBefore(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        bool isTime = reader.TokenType == JsonTokenType.String
            && TimeText.TryParse(reader.GetString() ?? "", out long time) && (NotBeforeMicroseconds = time) >= 0;
        return isTime ? null : "notBefore is not a time such as 2026-01-31T12:00:00Z";
    }

    private string? ReadHeaders(ref Utf8JsonReader reader)
    {
        if (reader.TokenType == JsonTokenType.Null) return null;
        if (reader.TokenType != JsonTokenType.StartObject) return "headers is not an object";
        // The body may have come first and named its own type; a type given here counts for more.
        _headers.Clear();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string name = reader.GetString() ?? "";
            reader.Read();
            if (reader.TokenType != JsonTokenType.String) return $"header \"{Printable.Escape(name)}\" is not a string";
            if (_headers.Exists(own => own.Key == name)) return $"header \"{Printable.Escape(name)}\" comes twice";
            _headers.Add(new(name, reader.GetString() ?? ""));
        }

        if (_bodyIsJson) AddJsonContentType();
        return null;
    }

    private void AddJsonContentType()
    {
        _bodyIsJson = true;
        if (!_headers.Exists(own => own.Key == JsonMessageWriter.ContentType))
            _headers.Add(new(JsonMessageWriter.ContentType, JsonMessageWriter.ApplicationJson));
    }

    /// <summary>The bytes of a string token: a slice of the line when nothing in it is escaped.</summary>
    private ReadOnlyMemory<byte> Text(ref Utf8JsonReader reader)
    {
        if (reader.ValueIsEscaped)
        {
            byte[] copy = new byte[reader.ValueSpan.Length];
            return copy.AsMemory(0, reader.CopyString(copy));
        }

        ReadOnlyMemory<byte> slice = _line.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length);
        return Utf8.IsValid(slice.Span) ? slice : throw new InvalidOperationException("not UTF-8");
    }
}
