using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Doctor;
using Fiq.Engine;

namespace Fiq.Cli.Doctor;

/// <summary>A check-up as a person reads it; the verdict is the last line.</summary>
internal static class DoctorPage
{
    private const int NameWidth = 30;

    public static string Format(
        Invocation invocation,
        IReadOnlyList<Finding> findings,
        QueueStory? story,
        IReadOnlyList<GroupDescription> groups,
        Verdict verdict)
    {
        Ink ink = invocation.OutputInk;
        var page = new StringBuilder();
        page.Append(ink.Bold(invocation.Store.Display)).Append('\n');
        foreach (Finding finding in findings) Append(page, finding, ink);
        if (story is not null) Append(page, story, groups, ink);
        string text = verdict.IsOk ? verdict.Text : ink.Red(verdict.Text);
        return page.Append('\n').Append(text).Append('\n').ToString();
    }

    private static void Append(StringBuilder page, Finding finding, Ink ink)
    {
        string word = finding.Outcome switch
        {
            FindingOutcome.Fine => ink.Green("ok    "),
            FindingOutcome.Warned => ink.Yellow("mind  "),
            _ => ink.Red("FAILED"),
        };
        page.Append("  ").Append(word).Append("  ").Append(finding.Name.PadRight(NameWidth)).Append("  ");
        page.Append(Printable.Escape(finding.Text)).Append('\n');
        if (finding.Advice is { } advice)
            page.Append(' ', NameWidth + 12).Append(Printable.Escape(advice)).Append('\n');
    }

    private static void Append(
        StringBuilder page, QueueStory story, IReadOnlyList<GroupDescription> groups, Ink ink)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        page.Append('\n').Append(ink.Bold($"queue {story.Name}")).Append('\n');
        page.Append(invariant, $"  control page: {PageWords(story)}\n");
        if (story.TailOffset is { } tail)
            page.Append(
                invariant,
                $"  segment {story.TailSegment}, next message #{tail}, durable up to before #{story.Watermark}\n");
        foreach (LockStory each in story.Locks.Where(each => each.IsHeld))
            page.Append(invariant, $"  lock {each.Name} is held, last taken by process {each.LastPid}\n");
        if (!story.Locks.Any(each => each.IsHeld)) page.Append("  nobody is attached\n");
        foreach (GroupDescription group in groups)
            foreach (ConsumerDescription consumer in group.Consumers)
                page.Append(invariant, $"  process {consumer.Pid} consumes for group {group.Name}\n");
        page.Append(invariant, $"  the last {story.Events.Count} events, oldest first (the page keeps no times):\n");
        foreach (EventStory each in story.Events) page.Append(invariant, $"    {each.Number,6}  {each.Text}\n");
    }

    private static string PageWords(QueueStory story) => (story.PageIsValid, story.PageIsOfThisBoot) switch
    {
        (true, true) => "of this boot",
        (true, false) => "of an earlier boot: only a hint, the next process rebuilds it",
        _ => string.Create(
            CultureInfo.InvariantCulture,
            $"not valid (layout {story.PageLayout}): the next process rebuilds it from what is on disk"),
    };
}
