using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Queues;

/// <summary>A queue as one JSON object on one line. The field names never change.</summary>
internal static class QueueJson
{
    public static void Write(ByteOutput output, QueueDescription queue)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, queue.Name.ToString());
            writer.WriteNumber("messages"u8, queue.Messages);
            writer.WriteNumber("records"u8, queue.Records);
            writer.WriteNumber("bytes"u8, queue.Bytes);
            writer.WriteNumber("firstOffset"u8, queue.FirstOffset);
            writer.WriteNumber("nextOffset"u8, queue.NextOffset);
            writer.WriteNumber("watermark"u8, queue.Watermark);
            writer.WriteNumber("segments"u8, queue.Segments);
            writer.WriteNumber("backlogSeconds"u8, Rounded(queue.BacklogSeconds));
            WriteOptional(writer, "oldestAgeSeconds"u8, queue.OldestAgeSeconds);
            WriteOptional(writer, "readOnlyReason"u8, queue.ReadOnlyReason);
            writer.WriteBoolean("paused"u8, queue.Paused);
            WriteUniqueKeys(writer, queue.UniqueKeys);
            LimitWords.Write(writer, queue.Limits);
            writer.WriteStartArray("lost"u8);
            foreach (LostRange lost in queue.Lost) WriteLost(writer, lost);
            writer.WriteEndArray();
            writer.WriteStartArray("groups"u8);
            foreach (GroupDescription group in queue.Groups) GroupJson.Write(writer, group);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    /// <summary>The members that queue.json has; null when keys need not be unique.</summary>
    private static void WriteUniqueKeys(Utf8JsonWriter writer, UniqueKeyWindow? window)
    {
        if (window is UniqueKeyWindow size)
        {
            writer.WriteNumber("uniqueKeyMicroseconds"u8, size.Microseconds);
            writer.WriteNumber("uniqueKeyMessages"u8, size.Messages);
            return;
        }

        writer.WriteNull("uniqueKeyMicroseconds"u8);
        writer.WriteNull("uniqueKeyMessages"u8);
    }

    private static void WriteLost(Utf8JsonWriter writer, LostRange lost)
    {
        writer.WriteStartObject();
        writer.WriteNumber("fromOffset"u8, lost.FromOffset);
        writer.WriteNumber("toOffset"u8, lost.ToOffset);
        writer.WriteEndObject();
    }

    /// <summary>Seconds without the noise of their binary form.</summary>
    public static decimal Rounded(double seconds) => Math.Round((decimal)seconds, 6);

    public static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? seconds)
    {
        if (seconds is { } value) writer.WriteNumber(name, Rounded(value));
        else writer.WriteNull(name);
    }

    public static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null) writer.WriteNull(name);
        else writer.WriteString(name, text);
    }
}
