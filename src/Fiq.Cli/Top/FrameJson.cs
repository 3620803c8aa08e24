using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Top;

/// <summary>A frame as one line of JSON. The field names never change.</summary>
internal static class FrameJson
{
    public static void Write(ByteOutput output, QueueFrame frame, DateTimeOffset now)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            QueueDescription queue = frame.Queue;
            writer.WriteStartObject();
            writer.WriteString("queue"u8, queue.Name.ToString());
            long microseconds = (now - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
            writer.WriteString("time"u8, TimeText.Format(microseconds));
            writer.WriteNumber("messages"u8, queue.Messages);
            writer.WriteNumber("records"u8, queue.Records);
            writer.WriteNumber("bytes"u8, queue.Bytes);
            writer.WriteNumber("nextOffset"u8, queue.NextOffset);
            WriteOptional(writer, "inPerSecond"u8, frame.InPerSecond);
            WriteOptional(writer, "syncMilliseconds"u8, frame.Syncs?.Milliseconds);
            WriteOptional(writer, "syncsPerSecond"u8, frame.Syncs?.PerSecond);
            writer.WriteStartArray("groups"u8);
            foreach (GroupFlow flow in frame.Groups) WriteGroup(writer, flow);
            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteGroup(Utf8JsonWriter writer, GroupFlow flow)
    {
        GroupDescription group = flow.Group;
        writer.WriteStartObject();
        writer.WriteString("name"u8, group.Name.ToString());
        writer.WriteNumber("ready"u8, group.Ready);
        writer.WriteNumber("leased"u8, group.Leased);
        writer.WriteNumber("delayed"u8, group.Delayed);
        writer.WriteNumber("retrying"u8, group.Retrying);
        writer.WriteNumber("dead"u8, group.Dead);
        writer.WriteNumber("lag"u8, group.Lag);
        writer.WriteNumber("backlogSeconds"u8, Rounded(group.BacklogSeconds));
        WriteOptional(writer, "oldestAgeSeconds"u8, group.OldestAgeSeconds);
        WriteOptional(writer, "outPerSecond"u8, flow.OutPerSecond);
        WriteOptional(writer, "emptySeconds"u8, flow.EmptySeconds);
        writer.WriteStartArray("consumers"u8);
        foreach (ConsumerDescription consumer in group.Consumers)
        {
            writer.WriteStartObject();
            writer.WriteNumber("pid"u8, consumer.Pid);
            writer.WriteNumber("workers"u8, consumer.Workers);
            writer.WriteNumber("leased"u8, consumer.Leased);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, double? value)
    {
        if (value is { } number) writer.WriteNumber(name, Rounded(number));
        else writer.WriteNull(name);
    }

    private static decimal Rounded(double value) => Math.Round((decimal)Math.Min(value, 1e15), 3);
}
