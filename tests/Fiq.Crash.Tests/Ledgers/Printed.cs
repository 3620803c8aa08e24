using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Ledgers;

/// <summary>What a consumer printed as JSON.</summary>
internal static class Printed
{
    public static Found[] In(CapturedLines lines) => [.. lines.Lines.Select(Parse)];

    private static Found Parse(string line)
    {
        var message = JsonDocument.Parse(line).RootElement;
        return new Found(
            message.GetProperty("offset").GetInt64(),
            message.GetProperty("key").GetString()!,
            message.GetProperty("body").GetString()!);
    }
}
