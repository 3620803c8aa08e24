using System.Text.RegularExpressions;

namespace Fiq.Tests.House.Sources;

/// <summary>The rules of style that a reader of one file can check.</summary>
internal static partial class SourceRules
{
    private const int FileLinesMax = 300;
    private const int MemberLinesMax = 70;
    private const int LineLengthMax = 120;

    public static IReadOnlyList<SourceRule> All { get; } =
    [
        new("A file has at most 300 lines", LongFiles, Repeat("// line\n", FileLinesMax + 1)),
        new("A method has at most 70 lines", LongMembers,
            "class A\n{\n    void Long()\n    {\n" + Repeat("        Do();\n", MemberLinesMax) + "    }\n}\n"),
        new("A line has at most 120 characters", LongLines, $"class A {{ }} // {Repeat("x", LineLengthMax)}\n"),
        new("There is no #region", file => Matches(file, file.Code, Region(), "#region hides what should be split"),
            "class A\n{\n    #region Hidden\n    #endregion\n}\n"),
        new("A type is not split into parts", Parts, "internal sealed partial class A { }\n"),
        new("No catch is empty", file => Matches(file, file.Code, EmptyCatch(), "an empty catch loses the error"),
            "class A { void B() { try { C(); } catch (IOException) { /* never mind */ } } }\n"),
        new("Unfinished work names its issue", file => Matches(file, file.Comments, Unfinished(), "no issue number"),
            "class A { } // TO" + "DO later\n"),
        new("A disabled warning has its reason on the line", Pragmas, "#pragma warning disable CA1000\nclass A { }\n"),
        new("A suppression has a justification", Suppressions,
            "[SuppressMessage(\"Design\", \"CA1000\")]\nclass A { }\n"),
        new("A type's name says what it is", VagueNames, "internal sealed class QueueManager { }\n"),
        new("A file declares something", DeadFiles, "using System.Text;\n\nnamespace Fiq;\n"),
    ];

    private static IEnumerable<Finding> LongFiles(SourceFile file)
    {
        var count = file.Text.AsSpan().Count('\n');
        return count > FileLinesMax ? [new Finding(file.Path, count, $"{count} lines")] : [];
    }

    private static IEnumerable<Finding> LongMembers(SourceFile file)
    {
        return Members.In(file)
            .Where(member => member.LineCount > MemberLinesMax && !member.IsField)
            .Select(member => new Finding(file.Path, member.FirstLine, $"{member.LineCount} lines: {member.Header}"));
    }

    private static IEnumerable<Finding> LongLines(SourceFile file)
    {
        return file.Lines
            .Select((line, index) => new Finding(file.Path, index + 1, $"{line.Length} characters"))
            .Where(finding => file.Lines[finding.Line - 1].Length > LineLengthMax);
    }

    private static IEnumerable<Finding> Parts(SourceFile file)
    {
        return NeedsParts().IsMatch(file.Code) ? [] : Matches(file, file.Code, Part(), "no generator asks for it");
    }

    private static IEnumerable<Finding> Pragmas(SourceFile file)
    {
        return Matches(file, file.Code, Pragma(), "no reason on its line")
            .Where(finding => !file.Comments.Split('\n')[finding.Line - 1].Contains("//", StringComparison.Ordinal));
    }

    private static IEnumerable<Finding> Suppressions(SourceFile file)
    {
        return Matches(file, file.Code, Suppression(), "no Justification");
    }

    private static IEnumerable<Finding> VagueNames(SourceFile file)
    {
        return Declaration().Matches(file.Code)
            .Where(match => VagueName().IsMatch(match.Groups["name"].Value))
            .Select(match => file.At(match.Index, $"{match.Groups["name"].Value} could be anything"));
    }

    private static IEnumerable<Finding> DeadFiles(SourceFile file)
    {
        var isAlive = Declaration().IsMatch(file.Code)
            || FileWideStatement().IsMatch(file.Code)
            || Members.In(file).Any(member => !member.Header.StartsWith("using ", StringComparison.Ordinal)
                && !member.Header.StartsWith("namespace ", StringComparison.Ordinal));
        return isAlive ? [] : [new Finding(file.Path, 1, "declares nothing")];
    }

    private static IEnumerable<Finding> Matches(SourceFile file, string view, Regex pattern, string what)
    {
        return pattern.Matches(view).Select(match => file.At(match.Index, what));
    }

    private static string Repeat(string text, int times) => string.Concat(Enumerable.Repeat(text, times));

    [GeneratedRegex(@"#\s*region\b")]
    private static partial Regex Region();

    [GeneratedRegex(@"\bpartial\s+(class|struct|record|interface)\b")]
    private static partial Regex Part();

    [GeneratedRegex(@"\[\s*(LibraryImport|GeneratedRegex|JsonSerializable|LoggerMessage)\b")]
    private static partial Regex NeedsParts();

    [GeneratedRegex(@"\bcatch\b[^{};]*\{\s*\}")]
    private static partial Regex EmptyCatch();

    [GeneratedRegex(@"\b(TODO|FIXME|HACK|XXX)\b(?![^\n]*#\d)")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"#\s*pragma\s+warning\s+disable\b")]
    private static partial Regex Pragma();

    [GeneratedRegex(@"\[[^\]]*\bSuppressMessage\s*\((?![^\]]*\bJustification\b)")]
    private static partial Regex Suppression();

    [GeneratedRegex(@"\b(class|struct|interface|enum|record(\s+(struct|class))?)\s+(?<name>[A-Z]\w*)")]
    private static partial Regex Declaration();

    // `BaseOffset` and `DataPosition` say something; `SegmentBase` and `SegmentData` do not.
    [GeneratedRegex(@"(Manager|Helpers?|Utils?|Utility|Utilities)($|[A-Z])|(Base|Impl|Data|Info)$")]
    private static partial Regex VagueName();

    [GeneratedRegex(@"^\s*(global\s+using|\[assembly:)", RegexOptions.Multiline)]
    private static partial Regex FileWideStatement();
}
