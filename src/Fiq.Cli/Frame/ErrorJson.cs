using System.Text;
using System.Text.Json;

namespace Fiq.Cli.Frame;

/// <summary>The error object, the same on stderr, over HTTP and in logs. Its field names never change.</summary>
internal static class ErrorJson
{
    /// <summary>One line without its LF; <paramref name="line"/> is the number of a refused line of input.</summary>
    public static string Format(FiqException error, long? line)
    {
        using var stream = new MemoryStream();
        using (var writer = new Utf8JsonWriter(stream, JsonText.Options))
        {
            writer.WriteStartObject();
            if (line is { } number) writer.WriteNumber("line"u8, number);
            writer.WriteStartObject("error"u8);
            writer.WriteString("code"u8, error.Code.Name());
            writer.WriteNumber("exit"u8, error.Code.Exit());
            writer.WriteString("message"u8, error.Message);
            WriteOptional(writer, "hint"u8, error.Hint);
            WriteOptional(writer, "queue"u8, error.Queue);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(stream.ToArray());
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? value)
    {
        if (value is null) writer.WriteNull(name);
        else writer.WriteString(name, value);
    }
}
