using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Dead;

/// <summary>Letters are worked off some thousands at a time, in bounded memory, and told as a number.</summary>
internal static class DeadBatches
{
    private const int LettersMax = 4_096;
    private const long BodyBytesMax = 16 * 1024 * 1024;

    /// <summary>Calls for each batch; returns the sum of what the calls returned.</summary>
    public static async Task<long> ForEachAsync(
        IAsyncEnumerable<DeadLetter> letters, Func<IReadOnlyList<DeadLetter>, ValueTask<int>> act)
    {
        long count = 0;
        long bytes = 0;
        var batch = new List<DeadLetter>();
        await foreach (DeadLetter letter in letters)
        {
            batch.Add(letter);
            bytes += letter.Message.Body.Length;
            if (batch.Count < LettersMax && bytes < BodyBytesMax) continue;
            count += await act(batch);
            (batch, bytes) = ([], 0);
        }

        return batch.Count == 0 ? count : count + await act(batch);
    }

    /// <summary>What so many are called.</summary>
    public static string Word(long count) => count == 1 ? "dead letter" : "dead letters";

    /// <summary>
    /// Says how many, or writes <c>{"queue":"orders","retried":3}</c>; of a dry run, how many it would be, with
    /// <c>"dryRun":true</c>.
    /// </summary>
    public static void Report(
        Invocation invocation, string member, long count, string where, QueueName queue, bool dryRun)
    {
        if (!invocation.Json)
        {
            invocation.Say(string.Create(CultureInfo.InvariantCulture, $"{count:N0} {Word(count)} {where} {queue}"));
            return;
        }

        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("queue"u8, queue.ToString());
            writer.WriteNumber(member, count);
            if (dryRun) writer.WriteBoolean("dryRun"u8, true);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
    }
}
