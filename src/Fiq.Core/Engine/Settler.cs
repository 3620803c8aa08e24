using Fiq.Groups;

namespace Fiq.Engine;

/// <summary>
/// Ends deliveries in a group, and puts what failed for good among the dead letters first. Where that is not possible
/// the message stays in its queue and is tried again later.
/// </summary>
internal sealed class Settler(QueueName queue, ConsumerGroup group, DeadLetterBox letters)
{
    // A full disk, or damage among the dead letters: somebody must do something about it, and will see it.
    private static readonly TimeSpan LetterRetryAfter = TimeSpan.FromSeconds(10);

    /// <summary>Tells for each, in order, whether it was accepted.</summary>
    public async ValueTask<bool[]> SettleAsync(IReadOnlyList<Settlement> settlements)
    {
        string? refusal = null;
        Settlement[] dead =
        [
            .. settlements.Where(end => end.Outcome == SettleOutcome.Dead
                && group.Holds(end.Delivery.Token, end.Delivery.Offset)),
        ];
        if (dead.Length > 0) refusal = await TryPutAsync(dead).ConfigureAwait(false);
        var settled = new SettledOffset[settlements.Count];
        for (int i = 0; i < settled.Length; i++) settled[i] = Of(settlements[i], refusal);
        bool[] accepted = new bool[settled.Length];
        group.Settle(settled, accepted);
        return accepted;
    }

    /// <summary>Returns why not.</summary>
    private async ValueTask<string?> TryPutAsync(Settlement[] dead)
    {
        if (queue.IsDead) return "dead letters have no dead letters of their own";
        try
        {
            await letters.PutAsync(dead).ConfigureAwait(false);
            return null;
        }
        catch (FiqException error)
        {
            // Converted: the message says with its next attempts why it is still here.
            return $"its dead letter could not be stored: {error.Message}";
        }
    }

    private static SettledOffset Of(in Settlement end, string? refusal)
    {
        Delivery delivery = end.Delivery;
        long declared = delivery.Message.ProcessingMicroseconds;
        var settled = new SettledOffset(delivery.Token, delivery.Offset, declared, Done: true)
        {
            Priority = delivery.Message.Priority,
            Attempt = delivery.Attempt,
        };
        return end.Outcome switch
        {
            SettleOutcome.Done => settled with { ObservedMicroseconds = (long)end.Elapsed.TotalMicroseconds },
            SettleOutcome.Release => settled with { Done = false },
            SettleOutcome.Dead when refusal is null => settled,
            SettleOutcome.Dead => settled with
            {
                Done = false,
                Failed = true,
                Delay = LetterRetryAfter,
                Error = $"{refusal}; it failed with: {end.Error}",
            },
            SettleOutcome.Retry => settled with
            {
                Done = false,
                Failed = true,
                Delay = end.Delay,
                Error = end.Error,
            },
            _ => throw new ArgumentOutOfRangeException(nameof(end)),
        };
    }
}
