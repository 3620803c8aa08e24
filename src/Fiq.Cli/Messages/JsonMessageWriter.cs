using System.Text.Json;
using System.Text.Unicode;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Messages;

/// <summary>
/// A message as JSON: <c>{"offset":0,"key":"a1","body":"hello","time":2,"priority":0,"notBefore":null,
/// "timestamp":"…Z","headers":{}}</c>. A text body is a string, one that came as JSON is JSON again, bytes that are
/// not UTF-8 are <c>bodyBase64</c>. The field names never change.
/// </summary>
internal static class JsonMessageWriter
{
    /// <summary>The header that marks a body as JSON.</summary>
    public const string ContentType = "content-type";

    /// <summary>Its value then.</summary>
    public const string ApplicationJson = "application/json";

    /// <summary>Deeper JSON than this is text; the reader refuses it as well.</summary>
    public const int DepthMax = 64;

    /// <summary>Writes the members, without the braces around them.</summary>
    public static void WriteMembers(Utf8JsonWriter writer, long offset, Message message)
    {
        writer.WriteNumber("offset"u8, offset);
        WriteKey(writer, message.Key);
        WriteBody(writer, message);
        writer.WriteNumber("time"u8, Seconds(message.ProcessingMicroseconds));
        writer.WriteNumber("priority"u8, message.Priority);
        WriteTime(writer, "notBefore"u8, message.NotBeforeMicroseconds);
        WriteTime(writer, "timestamp"u8, message.TimestampMicroseconds);
        writer.WriteStartObject("headers"u8);
        foreach ((string name, string value) in message.Headers.Pairs()) writer.WriteString(name, value);
        writer.WriteEndObject();
    }

    /// <summary>Writes <c>"key"</c>: a string, or null for a message without one.</summary>
    public static void WriteKey(Utf8JsonWriter writer, MessageKey key)
    {
        if (key.IsEmpty) writer.WriteNull("key"u8);
        else writer.WriteString("key"u8, key.Bytes.Span);
    }

    /// <summary>Microseconds as an exact number of seconds, without trailing zeros.</summary>
    public static decimal Seconds(long microseconds) => microseconds / 1_000_000m;

    private static void WriteTime(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long microseconds)
    {
        if (microseconds == 0) writer.WriteNull(name);
        else writer.WriteString(name, TimeText.Format(microseconds));
    }

    private static void WriteBody(Utf8JsonWriter writer, Message message)
    {
        ReadOnlySpan<byte> body = message.Body.Span;
        if (!Utf8.IsValid(body))
        {
            writer.WriteBase64String("bodyBase64"u8, body);
        }
        else if (!message.Headers.IsEmpty
            && message.Headers.Find(ContentType) == ApplicationJson
            && IsJsonOnOneLine(body))
        {
            writer.WritePropertyName("body"u8);
            writer.WriteRawValue(body, skipInputValidation: true);
        }
        else
        {
            writer.WriteString("body"u8, body);
        }
    }

    /// <summary>
    /// Only what reads back as the same bytes: one value, not a string (a string's body is its text), and without a
    /// line break, which would split the output's line.
    /// </summary>
    private static bool IsJsonOnOneLine(ReadOnlySpan<byte> body)
    {
        if (body.IndexOfAny((byte)'\n', (byte)'\r') >= 0) return false;
        var reader = new Utf8JsonReader(body, new JsonReaderOptions { MaxDepth = DepthMax });
        try
        {
            if (!reader.Read() || reader.TokenType == JsonTokenType.String || reader.TokenStartIndex != 0) return false;
            reader.Skip();
            return reader.BytesConsumed == body.Length && !reader.Read();
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
