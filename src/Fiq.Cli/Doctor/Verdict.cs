using Fiq.Doctor;

namespace Fiq.Cli.Doctor;

/// <summary>What all findings come to, in one sentence.</summary>
/// <param name="IsOk">Whether nothing failed.</param>
/// <param name="Text">The sentence.</param>
internal sealed record Verdict(bool IsOk, string Text)
{
    private const string Kept =
        "this disk keeps what it acknowledges, as far as can be tested without cutting the power";

    public static Verdict Of(IReadOnlyList<Finding> findings)
    {
        List<Finding> failed = [.. findings.Where(each => each.Outcome == FindingOutcome.Failed)];
        if (failed.Count > 0)
            return new Verdict(false, $"something is wrong: {Names(failed)}. {failed[0].Advice}".Trim());
        List<Finding> doubts = [.. findings.Where(each => each.DoubtsDurability)];
        if (doubts.Count > 0)
            return new Verdict(
                true,
                $"nothing failed, but what is acknowledged here may not outlive a power cut: see {Names(doubts)}");
        List<Finding> warned = [.. findings.Where(each => each.Outcome == FindingOutcome.Warned)];
        return new Verdict(true, warned.Count == 0 ? Kept : $"{Kept}; mind {Names(warned)}");
    }

    private static string Names(List<Finding> findings) => string.Join(", ", findings.Select(each => each.Name));
}
