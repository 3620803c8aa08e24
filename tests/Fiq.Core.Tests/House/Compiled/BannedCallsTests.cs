using System.Reflection;

namespace Fiq.Tests.House.Compiled;

public sealed class BannedCallsTests
{
    private const string SampleRoot = "Fiq.Tests.House.Compiled.Sample";

    public static TheoryData<string> Targets => [.. BannedCalls.InCore.Select(call => call.Target)];

    [Theory]
    [MemberData(nameof(Targets))]
    public void The_library_does_not_use(string target)
    {
        var banned = BannedCalls.InCore.Single(call => call.Target == target);
        var uses = Uses.In(typeof(FiqException).Assembly, "Fiq").Where(banned.IsBrokenBy);
        string.Join('\n', uses).Should().BeEmpty(banned.Reason);
    }

    [Theory]
    [MemberData(nameof(Targets))]
    public void A_use_is_found(string target)
    {
        var banned = BannedCalls.InCore.Single(call => call.Target == target);
        Uses.In(Assembly.GetExecutingAssembly(), $"{SampleRoot}.Banned")
            .Should().Contain(use => banned.IsBrokenBy(use));
    }

    [Fact]
    public void A_harmless_overload_is_not_taken_for_a_banned_one()
    {
        var banned = new BannedCall("System.Threading.Mutex:.ctor(2)", "named");
        Uses.In(Assembly.GetExecutingAssembly(), $"{SampleRoot}.Harmless").Should()
            .Contain(use => use.Target == typeof(Mutex)).And.NotContain(use => banned.IsBrokenBy(use));
    }

    [Fact]
    public void A_place_that_is_allowed_is_passed_over()
    {
        var banned = new BannedCall("System.Console", "streams", $"{SampleRoot}.Banned");
        Uses.In(Assembly.GetExecutingAssembly(), $"{SampleRoot}.Banned")
            .Should().NotContain(use => banned.IsBrokenBy(use));
    }
}
