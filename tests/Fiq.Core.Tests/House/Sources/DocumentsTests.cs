using System.Text.RegularExpressions;

namespace Fiq.Tests.House.Sources;

public sealed partial class DocumentsTests
{
    private static readonly IReadOnlyList<string> Documents =
    [
        .. Directory.EnumerateFiles(SourceTree.Root, "*.md"),
        .. Directory.EnumerateFiles(Path.Combine(SourceTree.Root, "docs"), "*.md", SearchOption.AllDirectories),
    ];

    [Fact]
    public void A_test_that_a_document_names_exists()
    {
        var names = SourceTree.Files.SelectMany(file => MethodName().Matches(file.Code))
            .Select(match => match.Groups["name"].Value).ToHashSet();
        names.Should().Contain(nameof(A_test_that_a_document_names_exists));
        Named(TestName()).Where(found => !names.Contains(found.Name)).Should().BeEmpty();
    }

    [Fact]
    public void A_file_that_a_document_links_to_exists()
    {
        Named(Link()).Where(found => !IsThere(found.Document, found.Name)).Should().BeEmpty();
    }

    [Theory]
    [InlineData("shown by `A_law_that_nobody_wrote`", "A_law_that_nobody_wrote")]
    [InlineData("`FIQ_STORE` and `fiq_messages_total` are no tests", "")]
    public void Names_of_tests_are_told_from_other_names(string text, string name)
    {
        TestName().Match(text).Groups["name"].Value.Should().Be(name);
    }

    private static IEnumerable<(string Document, string Name)> Named(Regex pattern)
    {
        return Documents.SelectMany(
            path => pattern.Matches(File.ReadAllText(path)),
            (path, match) => (path, match.Groups["name"].Value));
    }

    private static bool IsThere(string document, string link)
    {
        return Path.Exists(Path.Combine(Path.GetDirectoryName(document)!, link));
    }

    [GeneratedRegex(@"\s(?<name>[A-Z]\w*_\w+)\s*\(")]
    private static partial Regex MethodName();

    [GeneratedRegex(@"`(?<name>[A-Z][A-Za-z0-9]*_[a-z]\w*_\w+)`")]
    private static partial Regex TestName();

    [GeneratedRegex(@"\]\((?<name>(?!https?:)[^)#\s]+)(#[^)]*)?\)")]
    private static partial Regex Link();
}
