using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Doctor;
using Fiq.Engine;

namespace Fiq.Cli.Doctor;

/// <summary>A check-up as one JSON object. The field names never change.</summary>
internal static class DoctorJson
{
    public static void Write(
        Invocation invocation,
        IReadOnlyList<Finding> findings,
        QueueStory? story,
        IReadOnlyList<GroupDescription> groups,
        Verdict verdict)
    {
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("store"u8, invocation.Store.Path);
            writer.WriteStartArray("findings"u8);
            foreach (Finding finding in findings) Write(writer, finding);
            writer.WriteEndArray();
            if (story is null) writer.WriteNull("queue"u8);
            else Write(writer, story, groups);
            writer.WriteBoolean("ok"u8, verdict.IsOk);
            writer.WriteString("verdict"u8, verdict.Text);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
    }

    private static void Write(Utf8JsonWriter writer, Finding finding)
    {
        writer.WriteStartObject();
        writer.WriteString("name"u8, finding.Name);
        writer.WriteString("outcome"u8, finding.Outcome switch
        {
            FindingOutcome.Fine => "fine"u8,
            FindingOutcome.Warned => "warned"u8,
            _ => "failed"u8,
        });
        writer.WriteString("text"u8, finding.Text);
        writer.WriteString("advice"u8, finding.Advice);
        writer.WriteBoolean("doubtsDurability"u8, finding.DoubtsDurability);
        writer.WriteStartObject("measured"u8);
        foreach ((string name, double value) in finding.Measured) writer.WriteNumber(name, value);
        writer.WriteEndObject();
        writer.WriteEndObject();
    }

    private static void Write(Utf8JsonWriter writer, QueueStory story, IReadOnlyList<GroupDescription> groups)
    {
        writer.WriteStartObject("queue"u8);
        writer.WriteString("name"u8, story.Name.ToString());
        writer.WriteBoolean("pageIsValid"u8, story.PageIsValid);
        writer.WriteBoolean("pageIsOfThisBoot"u8, story.PageIsOfThisBoot);
        writer.WriteNumber("pageLayout"u8, story.PageLayout);
        Write(writer, "tailSegment"u8, story.TailSegment);
        Write(writer, "nextOffset"u8, story.TailOffset);
        Write(writer, "watermark"u8, story.Watermark);
        writer.WriteString("stuckReason"u8, story.StuckReason);
        writer.WriteStartArray("locks"u8);
        foreach (LockStory each in story.Locks)
        {
            writer.WriteStartObject();
            writer.WriteString("name"u8, each.Name);
            writer.WriteBoolean("held"u8, each.IsHeld);
            writer.WriteNumber("lastPid"u8, each.LastPid);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        WriteConsumers(writer, groups);
        WriteEvents(writer, story.Events);
        writer.WriteEndObject();
    }

    private static void WriteConsumers(Utf8JsonWriter writer, IReadOnlyList<GroupDescription> groups)
    {
        writer.WriteStartArray("consumers"u8);
        foreach (GroupDescription group in groups)
        {
            foreach (ConsumerDescription consumer in group.Consumers)
            {
                writer.WriteStartObject();
                writer.WriteNumber("pid"u8, consumer.Pid);
                writer.WriteString("group"u8, group.Name.ToString());
                writer.WriteEndObject();
            }
        }

        writer.WriteEndArray();
    }

    private static void WriteEvents(Utf8JsonWriter writer, IReadOnlyList<EventStory> events)
    {
        writer.WriteStartArray("events"u8);
        foreach (EventStory each in events)
        {
            writer.WriteStartObject();
            writer.WriteNumber("number"u8, each.Number);
            writer.WriteString("name"u8, each.Name);
            Write(writer, "segment"u8, each.Segment);
            Write(writer, "offset"u8, each.Offset);
            writer.WriteString("text"u8, each.Text);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
    }

    private static void Write(Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value)
    {
        if (value is { } number) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }
}
