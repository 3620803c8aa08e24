using System.CommandLine;
using System.Globalization;
using System.Text;
using Fiq.Cli.Frame;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Inspect;

/// <summary><c>fiq repair</c>: says what can be saved and what is lost, asks, then mends the queue.</summary>
internal static class RepairCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        queue.CustomParser = result => OptionKinds.Read(result, QueueName.Parse);
        var consent = new Consent();
        return new CliCommand(
            "repair",
            "Mends a damaged queue: keeps what is intact, records what is lost, moves damaged files aside.",
            "fiq repair orders --dry-run",
            "fiq repair orders --yes")
        {
            queue, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(invocation, invocation.Get(queue), consent));
    }

    private static async Task<ExitCode> RunAsync(Invocation invocation, QueueName name, Consent consent)
    {
        IQueueInspection inspection = Inspections.Of(invocation);
        IReadOnlyList<RepairReport> planned = await ReportsAsync(invocation, inspection, name, dryRun: true);
        if (planned.All(report => report.Steps.Count == 0))
        {
            invocation.Say($"{name} in {invocation.Store.Display} is not damaged: nothing to repair");
            return Write(invocation, planned);
        }

        invocation.Say(string.Concat(planned.Select(Plan)).TrimEnd('\n'));
        if (!consent.Given(invocation, $"repair {name} in {invocation.Store.Display}: {Loss(planned)}"))
            return Write(invocation, planned);
        IReadOnlyList<RepairReport> done = await ReportsAsync(invocation, inspection, name, dryRun: false);
        invocation.Say($"repaired {name}: {Loss(done)}; fiq verify {name} shows it as it is now");
        return Write(invocation, done);
    }

    private static Task<IReadOnlyList<RepairReport>> ReportsAsync(
        Invocation invocation, IQueueInspection inspection, QueueName name, bool dryRun) =>
        Inspections.WithDeadAsync(
            invocation, name, one => inspection.RepairAsync(one, dryRun, CancellationToken.None));

    private static string Loss(IReadOnlyList<RepairReport> reports)
    {
        long lost = reports.Sum(report => report.Lost);
        if (lost == 0) return "no message is lost";
        string messages = InspectionText.Count(lost, "message");
        string settled = InspectionText.Settled(reports.Sum(report => report.LostAndSettled), lost);
        return $"{messages} {(lost == 1 ? "is" : "are")} lost for good, of which {settled}";
    }

    private static string Plan(RepairReport report)
    {
        if (report.Steps.Count == 0) return "";
        CultureInfo invariant = CultureInfo.InvariantCulture;
        var page = new StringBuilder();
        page.Append(invariant, $"{report.Found.Name} is damaged:\n");
        foreach (DamageFinding damage in report.Found.Damages) page.Append(InspectionText.Line(damage)).Append('\n');
        page.Append("to be done:\n");
        foreach (RepairStep step in report.Steps)
        {
            page.Append(invariant, $"  {step.File}: {step.What}");
            page.Append(step.Evidence is null ? "\n" : $"; the damaged file is kept as {step.Evidence}\n");
        }

        return page.ToString();
    }

    private static ExitCode Write(Invocation invocation, IReadOnlyList<RepairReport> reports)
    {
        if (!invocation.Json) return ExitCode.Done;
        foreach (RepairReport report in reports) InspectionJson.Write(invocation.Streams.Output, report);
        return ExitCode.Done;
    }
}
