using System.Globalization;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>What `acked #0 a1` and `done #0 a1 "hello" …` have in common.</summary>
internal readonly record struct ResultLine(string Verb, long Offset, string Key, long Timestamp)
{
    public static IReadOnlyList<ResultLine> In(CapturedLines lines) => [.. lines.Captured.Select(Parse)];

    private static ResultLine Parse(CapturedLine line)
    {
        var words = line.Text.Split(' ', 4);
        words.Length.Should().BeGreaterThanOrEqualTo(3, "a result has a verb, an offset and a key: {0}", line.Text);
        return new ResultLine(
            words[0], long.Parse(words[1].TrimStart('#'), CultureInfo.InvariantCulture), words[2], line.Timestamp);
    }
}
