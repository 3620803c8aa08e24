using System.Text.RegularExpressions;
using Xunit.Abstractions;

namespace Fiq.Simulation.Mutants;

public sealed partial class MutantsTests(MutantBuilds builds, ITestOutputHelper output) : IClassFixture<MutantBuilds>
{
    public static TheoryData<string> Names => [.. KnownMutants.All.Select(mutant => mutant.Name)];

    [Theory]
    [MemberData(nameof(Names))]
    public async Task A_build_with_a_deliberate_bug_is_caught(string name)
    {
        Mutant mutant = KnownMutants.All.Single(each => each.Name == name);
        string? violation = await builds.FirstViolationAsync(mutant);
        output.WriteLine($"measured: mutant \"{name}\": {violation?.Split('#')[1].Split('\n')[0].Trim()}");
        // A law, or the product's own word; whatever else is thrown is the rig's fault.
        violation.Should().NotBeNull("the bug is there, and nothing was noticed")
            .And.MatchRegex(@": (I\d+: |Fiq\.\w+: )");
    }

    [Fact]
    public async Task A_build_without_a_bug_breaks_no_law() =>
        (await builds.FirstViolationAsync(KnownMutants.None)).Should().BeNull();

    [Fact]
    public void The_table_of_faults_has_every_fault_and_a_deliberate_bug_that_it_names_is_built()
    {
        string table = File.ReadAllText(Path.Combine(MutantBuilds.Root, "docs", "faults.md"));
        Enumerable.Range(1, 68).Where(number => !table.Contains($"| F{number:00} ")).Should().BeEmpty();
        string[] named = [.. NamedBug().Matches(table).Select(match => match.Groups["name"].Value)];
        named.Should().NotBeEmpty().And.BeSubsetOf(KnownMutants.All.Select(mutant => mutant.Name));
    }

    [GeneratedRegex("mutant \"(?<name>[^\"]+)\"")]
    private static partial Regex NamedBug();
}
