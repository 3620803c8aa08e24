using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class ProcessIdentityTests
{
    [Fact]
    public void It_is_this_process_and_does_not_change()
    {
        ProcessIdentity.Current.Pid.Should().Be(Environment.ProcessId);
        ProcessIdentity.Current.StartTicks.Should().BePositive();
        ProcessIdentity.Current.Should().Be(ProcessIdentity.Current);
    }

    [Fact]
    public void A_command_with_blanks_and_parentheses_does_not_shift_the_fields()
    {
        const string stat = "42 (a ) b (c) S 1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 8888 20 21\n";
        ProcessIdentity.StartTicksOf(stat).Should().Be(8888);
    }

    [Fact]
    public void What_is_not_there_is_zero()
    {
        ProcessIdentity.StartTicksOf("42 (sh) S 1 2 3").Should().Be(0);
        ProcessIdentity.StartTicksOf("").Should().Be(0);
    }
}
