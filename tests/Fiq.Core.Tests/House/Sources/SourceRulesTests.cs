namespace Fiq.Tests.House.Sources;

public sealed class SourceRulesTests
{
    public static TheoryData<string> RuleNames => [.. SourceRules.All.Select(rule => rule.Name)];

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void Every_file_keeps(string ruleName)
    {
        var rule = SourceRules.All.Single(each => each.Name == ruleName);
        string.Join('\n', SourceTree.Files.SelectMany(rule.Find)).Should().BeEmpty();
    }

    [Theory]
    [MemberData(nameof(RuleNames))]
    public void A_file_that_breaks_it_is_found(string ruleName)
    {
        var rule = SourceRules.All.Single(each => each.Name == ruleName);
        rule.Find(new SourceFile("Sample.cs", rule.BadSample)).Should().ContainSingle();
    }

    [Fact]
    public void The_tree_is_really_read()
    {
        SourceTree.Files.Select(file => file.Path.Split('/')[0]).Distinct().Should().Contain(["src", "tests"]);
    }
}
