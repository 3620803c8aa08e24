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
            writer.WriteStartArray("lost"u8);
            foreach (LostRange lost in queue.Lost) WriteLost(writer, lost);
            writer.WriteEndArray();
            writer.WriteStartArray("groups"u8);
            foreach (GroupDescription group in queue.Groups) WriteGroup(writer, group);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteLost(Utf8JsonWriter writer, LostRange lost)
    {
        writer.WriteStartObject();
        writer.WriteNumber("fromOffset"u8, lost.FromOffset);
        writer.WriteNumber("toOffset"u8, lost.ToOffset);
        writer.WriteEndObject();
    }

    private static void WriteGroup(Utf8JsonWriter writer, GroupDescription group)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, group.Name.ToString());
        writer.WriteNumber("floor"u8, group.Floor);
        writer.WriteNumber("ready"u8, group.Ready);
        writer.WriteNumber("leased"u8, group.Leased);
        writer.WriteNumber("delayed"u8, group.Delayed);
        writer.WriteNumber("retrying"u8, group.Retrying);
        // Dead letters and pausing have their fields now and their numbers once they are built.
        writer.WriteNumber("dead"u8, 0);
        writer.WriteNumber("lag"u8, group.Lag);
        writer.WriteNumber("backlogSeconds"u8, Rounded(group.BacklogSeconds));
        WriteOptional(writer, "oldestAgeSeconds"u8, group.OldestAgeSeconds);
        writer.WriteBoolean("paused"u8, false);
        WriteOptional(writer, "stopReason"u8, group.StopReason);
        writer.WriteStartArray("consumers"u8);
        foreach (ConsumerDescription consumer in group.Consumers) WriteConsumer(writer, consumer);
        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteConsumer(Utf8JsonWriter writer, ConsumerDescription consumer)
    {
        writer.WriteStartObject();
        writer.WriteNumber("pid"u8, consumer.Pid);
        writer.WriteString("host"u8, Environment.MachineName);
        writer.WriteNumber("workers"u8, consumer.Workers);
        writer.WriteNumber("leased"u8, consumer.Leased);
        writer.WriteString("since"u8, TimeText.Format(consumer.SinceMicroseconds));
        writer.WriteEndObject();
    }

    private static decimal Rounded(double seconds) => Math.Round((decimal)seconds, 6);

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? seconds)
    {
        if (seconds is { } value) writer.WriteNumber(name, Rounded(value));
        else writer.WriteNull(name);
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null) writer.WriteNull(name);
        else writer.WriteString(name, text);
    }
}
