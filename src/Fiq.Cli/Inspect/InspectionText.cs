using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Inspect;

/// <summary>What was found in a queue, as a person reads it: the verdict first, then each place.</summary>
internal static class InspectionText
{
    public static string Format(QueueInspection found, Invocation invocation)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var page = new StringBuilder();
        page.Append(invariant, $"{found.Name} in {invocation.Store.Display}: {Verdict(found, invocation.OutputInk)}\n");
        page.Append(invariant, $"  {Count(found.Messages, "intact message")} ");
        page.Append(invariant, $"in {Count(found.Segments, "segment")}, {SizeText.Show(found.Bytes)}, ");
        page.Append(invariant, $"offsets {found.FirstOffset} up to before {found.NextOffset}");
        page.Append(found.IsInUse ? "; in use, looked at up to its watermark\n" : "\n");
        foreach (DamageFinding damage in found.Damages) page.Append(Line(damage)).Append('\n');
        foreach (LostRange lost in found.Lost)
            page.Append(invariant, $"  recorded as lost by a repair: {Offsets(lost.FromOffset, lost.ToOffset)}\n");
        if (found.TornBytes > 0)
            page.Append(invariant, $"  {found.TornFile} at byte {found.TornPosition}: torn tail of {Torn(found)}\n");
        if (found.Unproven > 0)
            page.Append(invariant, $"  {Count(found.Unproven, "message")} at the end not yet proven to be on disk; ")
                .Append("the next produce or consume makes sure of it\n");
        foreach (string note in found.Notes) page.Append(invariant, $"  note: {note}\n");
        if (found.Damages.Count > 0)
            page.Append(invariant, $"  nothing was changed; fiq repair {found.Name} --dry-run shows what to save\n");
        return page.ToString();
    }

    /// <summary>One damaged place on one line.</summary>
    public static string Line(DamageFinding damage)
    {
        string place = damage.ToPosition > damage.FromPosition
            ? string.Create(CultureInfo.InvariantCulture, $", bytes {damage.FromPosition}..{damage.ToPosition - 1}")
            : "";
        string loss = damage.Messages == 0
            ? "no message is concerned"
            : $"{Offsets(damage.FromOffset, damage.ToOffset)}, of which {Settled(damage.Settled, damage.Messages)}";
        return $"  {damage.File}{place}: {loss}: {Printable.Escape(damage.What)}";
    }

    /// <summary>How many of some lost messages were settled by all groups.</summary>
    public static string Settled(long settled, long messages) => settled == messages && messages > 0
        ? "all were already settled by all groups"
        : string.Create(CultureInfo.InvariantCulture, $"{settled:N0} were already settled by all groups");

    /// <summary>A number and its noun.</summary>
    public static string Count(long number, string noun) =>
        string.Create(CultureInfo.InvariantCulture, $"{number:N0} {noun}{(number == 1 ? "" : "s")}");

    private static string Offsets(long from, long to) => to - from == 1
        ? string.Create(CultureInfo.InvariantCulture, $"offset {from}")
        : string.Create(CultureInfo.InvariantCulture, $"offsets {from}..{to - 1}");

    private static string Torn(QueueInspection found) => $"{Count(found.TornBytes, "byte")}, " + (found.TornIsCertain
        ? "none ever acknowledged"
        : "none ever acknowledged unless the disk has damaged what it had synced last");

    private static string Verdict(QueueInspection found, Ink ink) => found.Health switch
    {
        QueueHealth.Clean => ink.Green("clean"),
        QueueHealth.TornTail => ink.Green("clean") + " up to a torn tail",
        _ => ink.Red("damaged"),
    };
}
