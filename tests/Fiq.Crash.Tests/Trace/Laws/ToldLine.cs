using System.Globalization;
using System.Text.Json;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>A message that was acknowledged or delivered on stdout: whoever read it relies on it.</summary>
/// <param name="Offset">The offset it was told to have.</param>
/// <param name="Key">Its key.</param>
/// <param name="Moment">When its first byte may have been seen.</param>
/// <param name="Group">Whose consumer has done it; null for an acknowledgement.</param>
internal sealed record ToldLine(long Offset, string Key, long Moment, string? Group = null)
{
    /// <summary>
    /// The messages told by each process, in the order of their moments. A line may come in two pieces. Lines about
    /// other things are passed over.
    /// </summary>
    public static IReadOnlyList<ToldLine> In(IEnumerable<StoreCall> calls)
    {
        var lines = new List<ToldLine>();
        foreach (var process in calls.OfType<Told>().GroupBy(told => told.Process))
        {
            var (rest, began) = ("", 0L);
            foreach (var told in process)
            {
                began = rest.Length == 0 ? told.When.Start : began;
                var parts = (rest + told.Text).Split('\n');
                foreach (var part in parts[..^1])
                {
                    Add(lines, part, began);
                    began = told.When.Start;
                }

                rest = parts[^1];
            }
        }

        return [.. lines.OrderBy(line => line.Moment)];
    }

    private static void Add(List<ToldLine> lines, string text, long moment)
    {
        if (text.StartsWith("acked #", StringComparison.Ordinal))
        {
            var words = text.Split(' ');
            lines.Add(new ToldLine(long.Parse(words[1].AsSpan(1), CultureInfo.InvariantCulture), words[2], moment));
        }
        else if (text.StartsWith("{\"offset\":", StringComparison.Ordinal))
        {
            var message = JsonDocument.Parse(text).RootElement;
            lines.Add(new ToldLine(
                message.GetProperty("offset").GetInt64(),
                message.GetProperty("key").GetString()!,
                moment,
                message.TryGetProperty("group", out var group) ? group.GetString() : null));
        }
    }
}
