using System.Text.Json;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>A message as a consumer printed it.</summary>
internal sealed record DeliveredMessage(long Offset, string Key, string Body)
{
    public static IReadOnlyList<DeliveredMessage> In(IEnumerable<string> lines) =>
    [
        .. lines.Select(line => JsonDocument.Parse(line).RootElement)
            .Select(message => new DeliveredMessage(
                message.GetProperty("offset").GetInt64(),
                message.GetProperty("key").GetString()!,
                message.GetProperty("body").GetString()!))
            .OrderBy(message => message.Offset),
    ];
}
