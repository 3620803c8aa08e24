using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>
/// The work is done and the answer does not get out: what was stored and not said is there or not, what was worked on
/// and not said comes again, and nothing is lost.
/// </summary>
public sealed class AnswerFaultTests
{
    // Four large results are written in some four hundred pieces, by two or three threads.
    private const int InTheMiddle = 40;

    public static TheoryData<string, int> Answers => new()
    {
        { ProduceScenario.Append.Name, 1 },
        { ConsumeScenario.ItsName, 1 },
        { ConsumeScenario.ItsName, 2 },
        { ConsumeScenario.ItsName, InTheMiddle },
    };

    [StraceTheory]
    [MemberData(nameof(Answers))]
    public async Task A_process_killed_while_it_answers_loses_nothing_and_what_it_said_by_half_comes_again(
        string name, int number)
    {
        (await FaultsAsync(name, Fault.Kill, number, isAnswered: false)).Should().BeEmpty();
    }

    [StraceTheory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_that_is_interrupted_gets_out_whole_and_once(string name, int number)
    {
        (await FaultsAsync(name, Fault.Interrupted, number, isAnswered: true)).Should().BeEmpty();
    }

    [StraceTheory]
    [MemberData(nameof(Answers))]
    public async Task An_answer_that_cannot_be_written_is_a_clear_error_and_nothing_is_lost(string name, int number)
    {
        (await FaultsAsync(name, Fault.InputOutput, number, isAnswered: false)).Should().BeEmpty();
    }

    /// <param name="name">The scenario.</param>
    /// <param name="fault">What happens to the write.</param>
    /// <param name="number">The how many-th write to stdout of its thread.</param>
    /// <param name="isAnswered">Whether all must end as if nothing had been.</param>
    private static async Task<IReadOnlyList<string>> FaultsAsync(string name, Fault fault, int number, bool isAnswered)
    {
        var scenario = Scenario.All.Single(each => each.Name == name);
        using var store = new TemporaryStore();
        var ledger = new Ledger();
        await scenario.PrepareAsync(store, ledger);
        var (result, isHit) = await AnswerRun.WithFaultAsync(store, scenario.Arguments, fault, number);
        isHit.Should().BeTrue("it should come to that write: {0}", result.Errors.Text);
        (result.ExitCode == 0).Should().Be(isAnswered, "{0}", result.Errors.Text);
        var unclear = fault.Kills ? [] : ClearError.Faults(result);
        return [.. unclear, .. await scenario.FaultsAsync(store, ledger, result, wasKilled: !isAnswered)];
    }
}
