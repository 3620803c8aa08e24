using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Inspect;

/// <summary>What was found in a queue, and what a repair did, as one JSON object on one line.</summary>
internal static class InspectionJson
{
    public static void Write(ByteOutput output, QueueInspection found)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            writer.WriteStartObject();
            WriteFields(writer, found);
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    public static void Write(ByteOutput output, RepairReport report)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            writer.WriteStartObject();
            WriteFields(writer, report.Found);
            writer.WriteBoolean("repaired"u8, report.IsDone);
            writer.WriteNumber("messagesLost"u8, report.Lost);
            writer.WriteNumber("messagesLostAndSettled"u8, report.LostAndSettled);
            writer.WriteStartArray("steps"u8);
            foreach (RepairStep step in report.Steps)
            {
                writer.WriteStartObject();
                writer.WriteString("file"u8, step.File);
                writer.WriteString("what"u8, step.What);
                WriteOptional(writer, "evidence"u8, step.Evidence);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static void WriteFields(Utf8JsonWriter writer, QueueInspection found)
    {
        writer.WriteString("name"u8, found.Name.ToString());
        writer.WriteString("health"u8, NameOf(found.Health));
        writer.WriteBoolean("inUse"u8, found.IsInUse);
        writer.WriteNumber("messages"u8, found.Messages);
        writer.WriteNumber("firstOffset"u8, found.FirstOffset);
        writer.WriteNumber("nextOffset"u8, found.NextOffset);
        writer.WriteNumber("segments"u8, found.Segments);
        writer.WriteNumber("bytes"u8, found.Bytes);
        writer.WriteStartArray("damages"u8);
        foreach (DamageFinding damage in found.Damages) WriteDamage(writer, damage);
        writer.WriteEndArray();
        writer.WriteStartArray("lost"u8);
        foreach (LostRange lost in found.Lost)
        {
            writer.WriteStartObject();
            writer.WriteNumber("fromOffset"u8, lost.FromOffset);
            writer.WriteNumber("toOffset"u8, lost.ToOffset);
            writer.WriteEndObject();
        }

        writer.WriteEndArray();
        writer.WriteNumber("tornBytes"u8, found.TornBytes);
        WriteOptional(writer, "tornFile"u8, found.TornFile);
        writer.WriteNumber("tornPosition"u8, found.TornPosition);
        writer.WriteBoolean("tornIsCertain"u8, found.TornIsCertain);
        writer.WriteNumber("unproven"u8, found.Unproven);
        writer.WriteStartArray("notes"u8);
        foreach (string note in found.Notes) writer.WriteStringValue(note);
        writer.WriteEndArray();
    }

    private static void WriteDamage(Utf8JsonWriter writer, DamageFinding damage)
    {
        writer.WriteStartObject();
        writer.WriteString("file"u8, damage.File);
        writer.WriteNumber("fromByte"u8, damage.FromPosition);
        writer.WriteNumber("toByte"u8, damage.ToPosition);
        writer.WriteNumber("fromOffset"u8, damage.FromOffset);
        writer.WriteNumber("toOffset"u8, damage.ToOffset);
        writer.WriteNumber("messages"u8, damage.Messages);
        writer.WriteNumber("settled"u8, damage.Settled);
        writer.WriteString("what"u8, damage.What);
        writer.WriteEndObject();
    }

    private static void WriteOptional(Utf8JsonWriter writer, ReadOnlySpan<byte> name, string? text)
    {
        if (text is null) writer.WriteNull(name);
        else writer.WriteString(name, text);
    }

    private static string NameOf(QueueHealth health) => health switch
    {
        QueueHealth.Clean => "clean",
        QueueHealth.TornTail => "torn-tail",
        _ => "damaged",
    };
}
