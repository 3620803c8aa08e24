using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>What is said on stderr about a run.</summary>
internal static class ConsumeWords
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    /// <summary><c>orders · group default · 4 workers · 2 waiting, 32 s of work · exit or Ctrl-C stops</c></summary>
    public static string Opening(QueueName queue, GroupDescription group, int workers, bool exitStops)
    {
        string delayed = group.Delayed > 0 ? string.Create(Invariant, $", {group.Delayed:N0} delayed") : "";
        string waiting = string.Create(Invariant, $"{group.Ready + group.Retrying:N0} waiting{delayed}");
        string paused = group.Paused ? " · paused" : "";
        string work = SecondsText.Format((long)Math.Round(group.BacklogSeconds * 1e6));
        string stops = exitStops ? "exit or Ctrl-C stops" : "Ctrl-C stops";
        return $"{queue} · group {group.Name} · {Count(workers, "worker")} · {waiting}, {work} of work{paused} · "
            + stops;
    }

    /// <summary><c>fiq: warning: 00000003-….log is damaged at bytes 5..9: why; run fiq verify orders</c></summary>
    public static string Warning(DamagedException damage, QueueName queue) =>
        $"fiq: warning: {Printable.Escape(damage.Message)}; run fiq verify {queue}\n";

    /// <summary>Damage found at rest: this run goes on, but whoever reads on will come to it.</summary>
    public static void Warn(Invocation invocation, DamagedException damage, QueueName queue)
    {
        if (invocation.Json) invocation.Errors.Write(damage);
        else invocation.Streams.WriteError(Warning(damage, queue));
    }

    /// <summary><c>finishing 1 message, 29 s left; Ctrl-C again hands it back</c></summary>
    public static string Stopping(Finishing finishing)
    {
        string left = finishing.Longest > TimeSpan.Zero
            ? string.Create(Invariant, $", {Math.Ceiling(finishing.Longest.TotalSeconds):0} s left")
            : "";
        string them = finishing.Messages == 1 ? "it" : "them";
        return $"finishing {Count(finishing.Messages, "message")}{left}; Ctrl-C again hands {them} back";
    }

    /// <summary>
    /// <c>1,000 done in 1.012 s, 100 s of work · 2 retried · 1 dead · 3 handed back · 1 lease lost · 2 delayed</c>
    /// </summary>
    public static string Summary(ConsumeSummary summary)
    {
        var parts = new List<string> { string.Create(Invariant, $"{summary.Done:N0} done") };
        if (summary.Done > 0)
        {
            parts[0] += string.Create(Invariant, $" in {summary.Elapsed.TotalSeconds:0.000} s");
            if (summary.Work >= TimeSpan.FromMilliseconds(1))
                parts[0] += string.Create(Invariant, $", {Math.Round(summary.Work.TotalSeconds, 3)} s of work");
        }

        if (summary.Retried > 0) parts.Add(string.Create(Invariant, $"{summary.Retried:N0} retried"));
        if (summary.Dead > 0) parts.Add(string.Create(Invariant, $"{summary.Dead:N0} dead"));
        if (summary.HandedBack > 0) parts.Add(string.Create(Invariant, $"{summary.HandedBack:N0} handed back"));
        if (summary.LeasesLost > 0) parts.Add($"{Count(summary.LeasesLost, "lease")} lost");
        if (summary.Delayed > 0) parts.Add(string.Create(Invariant, $"{summary.Delayed:N0} delayed"));
        if (summary.StopReason is not null) parts.Add(summary.StopReason);
        return string.Join(" · ", parts);
    }

    /// <summary>Why a run ends that was to end with its group: what is paused, and the command that helps.</summary>
    public static FiqException Paused(QueueName queue, GroupName group, ConsumeSummary summary)
    {
        string ofGroup = $"fiq group resume {queue} {group}";
        string ofQueue = $"fiq queue resume {queue}";
        return (summary.QueuePaused, summary.GroupPaused) switch
        {
            (true, true) => new FiqException(
                ErrorCode.Busy,
                $"queue \"{queue}\" and its group \"{group}\" are paused, and something waits",
                $"{ofQueue} and {ofGroup}."),
            (true, false) => new FiqException(
                ErrorCode.Busy, $"queue \"{queue}\" is paused, and something waits in it", $"{ofQueue}."),
            _ => new FiqException(
                ErrorCode.Busy,
                $"group \"{group}\" of queue \"{queue}\" is paused, and something waits in it",
                $"{ofGroup}."),
        };
    }

    private static string Count(long count, string word) =>
        string.Create(Invariant, $"{count:N0} {word}{(count == 1 ? "" : "s")}");
}
