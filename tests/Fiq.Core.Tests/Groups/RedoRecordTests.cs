using Fiq.Groups;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Groups;

public sealed class RedoRecordTests
{
    private static readonly (int At, ulong Value)[] Stores =
        [.. Enumerable.Range(0, 9).Select(i => (TableLayout.EntriesAt + (i * 8), 1_000UL + (ulong)i))];

    [Fact]
    public void Killed_between_any_two_stores_the_table_is_from_wholly_before_or_wholly_after()
    {
        var outcomes = new List<bool>();
        for (var k = 0; outcomes.Count <= k; k++)
        {
            using var memory = TableImage.OfZeros();
            var killed = RunKilledAfter(k, memory);
            RedoRecord.TryReplay(memory).Should().BeTrue();
            outcomes.Add(IsAfter(memory));
            memory.Load64(TableLayout.RedoAt).Should().Be(0);
            (memory.Load64(TableLayout.ChangesAt) % 2).Should().Be(0);
            if (!killed)
                break;
        }

        outcomes.Should().BeInAscendingOrder("once the record is valid there is no way back");
        outcomes.Should().HaveCountGreaterThan(3 * Stores.Length);
        outcomes[0].Should().BeFalse();
        outcomes[^1].Should().BeTrue();
    }

    [Fact]
    public void A_replay_that_is_killed_itself_is_done_over_again()
    {
        for (var k = 0; k < 40; k++)
        {
            using var memory = TableImage.OfZeros();
            RunKilledAfter((2 * Stores.Length) + 3, memory).Should().BeTrue();
            try
            {
                RedoRecord.TryReplay(Killable(memory, k));
            }
            catch (KilledException)
            {
                memory.Load64(TableLayout.RedoAt).Should().NotBe(0);
            }

            RedoRecord.TryReplay(memory).Should().BeTrue();
            IsAfter(memory).Should().BeTrue();
        }
    }

    [Fact]
    public void A_damaged_record_is_not_replayed()
    {
        using var memory = TableImage.OfZeros();
        RunKilledAfter((2 * Stores.Length) + 3, memory).Should().BeTrue();
        memory.Store64(TableLayout.RedoPairsAt + 24, 77);

        RedoRecord.TryReplay(memory).Should().BeFalse();
        IsAfter(memory).Should().BeFalse();
    }

    private static bool RunKilledAfter(long effects, TableImage memory)
    {
        try
        {
            RedoRecord.Run(Killable(memory, effects), Stores);
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    private static FaultyMemory Killable(TableImage memory, long effects)
    {
        var faults = new Faults();
        faults.KillAfter(effects);
        return new FaultyMemory(memory, faults);
    }

    private static bool IsAfter(TableImage memory)
    {
        var after = Stores.Count(store => memory.Load64(store.At) == store.Value);
        after.Should().BeOneOf(0, Stores.Length);
        return after != 0;
    }
}
