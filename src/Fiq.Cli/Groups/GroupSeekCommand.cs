using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Engine;

namespace Fiq.Cli.Groups;

/// <summary><c>fiq group seek</c>: says what a group would miss and get again, asks, then moves it.</summary>
internal static class GroupSeekCommand
{
    public static Command Create()
    {
        Argument<QueueName> queue = OptionKinds.RequiredQueue();
        Argument<GroupName> group = OptionKinds.RequiredGroup();
        Option<StartPosition?> to = OptionKinds.Parsed<StartPosition?>(
            "--to", "first|last|OFFSET|TIME", "Where the group goes on; must be given.", "none", null,
            text => StartText.Parse("--to", text));
        var consent = new Consent();
        return new CliCommand(
            "seek",
            "Lets a group without consumers go on elsewhere: what it passes over it never gets, what lies behind the "
                + "new place comes again.",
            "fiq group seek orders default --to last --dry-run",
            "fiq group seek orders default --to first --yes")
        {
            queue, group, to, consent.Yes, consent.DryRun,
        }.WithRun(invocation => RunAsync(
            invocation,
            invocation.Get(queue),
            invocation.Get(group),
            invocation.Get(to) ?? throw OptionKinds.Wrong("--to is missing", "Such as --to first, or --to 1200."),
            consent));
    }

    private static async Task<ExitCode> RunAsync(
        Invocation invocation, QueueName queue, GroupName group, StartPosition to, Consent consent)
    {
        GroupMove planned = await MoveAsync(invocation, queue, group, to, dryRun: true);
        if (!consent.Given(invocation, $"move group {group} of queue {queue} {Words(planned)}"))
            return Write(invocation, queue, group, planned, moved: false);
        // As it was asked for, and not where it would have led: meanwhile there may be more.
        GroupMove done = await MoveAsync(invocation, queue, group, to, dryRun: false);
        invocation.Say($"moved group {group} of queue {queue} {Words(done)}");
        return Write(invocation, queue, group, done, moved: true);
    }

    private static ValueTask<GroupMove> MoveAsync(
        Invocation invocation, QueueName queue, GroupName group, StartPosition to, bool dryRun) =>
        invocation.Engine.SeekGroupAsync(queue, group, to, dryRun, CancellationToken.None);

    /// <summary><c>from #3 to #10: 7 messages are skipped, 32 s of work; no message is repeated</c></summary>
    private static string Words(GroupMove move)
    {
        string skipped = Part(move.Skipped, move.SkippedSeconds, "skipped");
        string repeated = Part(move.Repeated, move.RepeatedSeconds, "repeated");
        return string.Create(
            CultureInfo.InvariantCulture, $"from #{move.From} to #{move.To}: {skipped}; {repeated}");
    }

    private static string Part(long count, double seconds, string what) => count == 0
        ? $"no message is {what}"
        : string.Create(
            CultureInfo.InvariantCulture,
            $"{count:N0} {(count == 1 ? "message is" : "messages are")} {what}, {WorkText.Format(seconds)} of work");

    private static ExitCode Write(
        Invocation invocation, QueueName queue, GroupName group, GroupMove move, bool moved)
    {
        if (!invocation.Json) return ExitCode.Done;
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString("queue"u8, queue.ToString());
            writer.WriteString("group"u8, group.ToString());
            writer.WriteBoolean("moved"u8, moved);
            writer.WriteNumber("from"u8, move.From);
            writer.WriteNumber("to"u8, move.To);
            writer.WriteNumber("skipped"u8, move.Skipped);
            writer.WriteNumber("skippedSeconds"u8, move.SkippedSeconds);
            writer.WriteNumber("repeated"u8, move.Repeated);
            writer.WriteNumber("repeatedSeconds"u8, move.RepeatedSeconds);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
        return ExitCode.Done;
    }
}
