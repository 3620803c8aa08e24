using System.Globalization;
using System.Text.RegularExpressions;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>Tells by its name what a file is, as docs/format.md does. Shares no code with fiq.</summary>
internal static partial class TruthName
{
    /// <summary>A segment's ordinal and base offset; null for any other name.</summary>
    public static (long Ordinal, long BaseOffset)? Segment(string name)
    {
        var match = SegmentPattern().Match(name);
        return match.Success
            ? (Number(match.Groups[1]), Number(match.Groups[2]))
            : null;
    }

    /// <summary>Whether durability rests on the file of that name.</summary>
    public static bool IsTruth(string name) => name is "queue.json" or "offset" || Segment(name) is not null;

    /// <summary>Whether a folder of that name means nothing any more, or not yet.</summary>
    public static bool MeansNothing(string name) =>
        name.StartsWith(".new-", StringComparison.Ordinal) || name.StartsWith(".deleted-", StringComparison.Ordinal);

    private static long Number(Group group) => long.Parse(group.ValueSpan, CultureInfo.InvariantCulture);

    [GeneratedRegex("^([0-9]{8})-([0-9]{20})\\.log$")]
    private static partial Regex SegmentPattern();
}
