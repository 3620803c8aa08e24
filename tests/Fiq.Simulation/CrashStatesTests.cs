using Fiq.Simulation.Laws;
using Xunit.Abstractions;

namespace Fiq.Simulation;

public sealed class CrashStatesTests(ITestOutputHelper output)
{
    // As many as the smallest run that counts as a proof; more with FIQ_SIM_MINUTES, one with FIQ_SIM.
    private const int StatesMin = 100_000;

    [Fact]
    public void Whatever_a_crash_leaves_nothing_acknowledged_is_lost_or_changed()
    {
        var campaign = new Campaign(output.WriteLine);
        string only = Environment.GetEnvironmentVariable("FIQ_SIM") ?? "";
        string minutes = Environment.GetEnvironmentVariable("FIQ_SIM_MINUTES") ?? "";
        if (only.Length > 0) campaign.RunOne(only);
        else if (minutes.Length > 0) campaign.RunFor(TimeSpan.FromMinutes(int.Parse(minutes, null)));
        else campaign.RunUntil(StatesMin);
        output.WriteLine($"measured: {campaign.States} distinct crash states of {campaign.Runs} simulated histories");
        campaign.Violations.Should().BeEmpty();
        (only.Length > 0 || campaign.States >= StatesMin || minutes.Length > 0).Should().BeTrue();
    }
}
