using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Fiq.Simulation.Mutants;

public sealed partial class MutantsTests(MutantBuilds builds, ITestOutputHelper output) : IClassFixture<MutantBuilds>
{
    // Every one shows with the first seeds; more are there so that an innocent change of the source does not hide it.
    private const int SeedsMax = 8;

    public static TheoryData<string> Names => [.. KnownMutants.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public void A_build_with_a_deliberate_bug_is_caught(string name)
    {
        Mutant mutant = KnownMutants.All.Single(each => each.Name == name);
        string? violation = builds.FirstViolation(mutant, SeedsMax);
        output.WriteLine($"measured: mutant \"{name}\": {violation?.Split('#')[1].Split('\n')[0].Trim()}");
        violation.Should().NotBeNull("the bug is there, and nothing was noticed");
    }

    [Fact]
    public void A_deliberate_bug_that_the_table_of_faults_names_is_built()
    {
        string table = File.ReadAllText(Path.Combine(MutantBuilds.Root, "docs", "faults.md"));
        string[] named = [.. NamedBug().Matches(table).Select(match => match.Groups["name"].Value)];
        named.Should().NotBeEmpty().And.BeSubsetOf(KnownMutants.All.Select(mutant => mutant.Name));
    }

    [GeneratedRegex("mutant \"(?<name>[^\"]+)\"")]
    private static partial Regex NamedBug();
}
