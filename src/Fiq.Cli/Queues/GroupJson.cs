using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli.Queues;

/// <summary>A group as a JSON object: in its queue, or on a line of its own. The field names never change.</summary>
internal static class GroupJson
{
    public static void WriteLine(ByteOutput output, GroupDescription group)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options)) Write(writer, group);
        output.Write("\n"u8);
    }

    public static void Write(Utf8JsonWriter writer, GroupDescription group)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, group.Name.ToString());
        writer.WriteNumber("floor"u8, group.Floor);
        writer.WriteNumber("ready"u8, group.Ready);
        writer.WriteNumber("leased"u8, group.Leased);
        writer.WriteNumber("delayed"u8, group.Delayed);
        writer.WriteNumber("retrying"u8, group.Retrying);
        writer.WriteNumber("dead"u8, group.Dead);
        writer.WriteNumber("lag"u8, group.Lag);
        writer.WriteNumber("backlogSeconds"u8, QueueJson.Rounded(group.BacklogSeconds));
        QueueJson.WriteOptional(writer, "oldestAgeSeconds"u8, group.OldestAgeSeconds);
        writer.WriteBoolean("paused"u8, group.Paused);
        writer.WriteBoolean("queuePaused"u8, group.QueuePaused);
        writer.WriteNumber("trimmed"u8, group.Trimmed);
        QueueJson.WriteOptional(writer, "stopReason"u8, group.StopReason);
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
}
