using System.Buffers;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>
/// The message as JSON with <c>worker</c>, <c>attempt</c>, <c>outcome</c>, <c>seconds</c> (how long the work took)
/// and <c>group</c>, and <c>error</c> when it failed. The field names never change.
/// </summary>
internal sealed class JsonResult(GroupName group) : IResultFormat
{
    private readonly string _group = group.ToString();

    public void Append(IBufferWriter<byte> line, in WorkResult result)
    {
        using var writer = new Utf8JsonWriter(line, JsonText.Options);
        writer.WriteStartObject();
        JsonMessageWriter.WriteMembers(writer, result.Delivery.Offset, result.Delivery.Message);
        writer.WriteNumber("worker"u8, result.Worker);
        writer.WriteNumber("attempt"u8, result.Delivery.Attempt);
        writer.WriteString("outcome"u8, Outcome(result.Failure));
        writer.WriteNumber("seconds"u8, JsonMessageWriter.Seconds((long)result.Elapsed.TotalMicroseconds));
        writer.WriteString("group"u8, _group);
        if (result.Failure is { } failure) writer.WriteString("error"u8, failure.Error);
        writer.WriteEndObject();
        writer.Flush();
        line.Write("\n"u8);
    }

    private static ReadOnlySpan<byte> Outcome(WorkFailure? failure) => failure switch
    {
        null => "done"u8,
        { IsDead: true } => "dead"u8,
        _ => "retry"u8,
    };
}
