using System.Globalization;
using System.Text;
using System.Text.Json;
using Fiq.Cli.Frame;
using Fiq.Cli.Queues;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Plan;

/// <summary>The answer for a person, and as JSON.</summary>
internal static class PlanWords
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    public static string Format(PlanAnswer plan)
    {
        Forecast forecast = plan.Forecast;
        var page = new StringBuilder();
        string messages = forecast.Messages == 1 ? "message" : "messages";
        page.Append(Invariant, $"{plan.Queue} · group {plan.Group} · {forecast.Messages:N0} {messages}, ");
        page.Append(Invariant, $"{WorkText.Format(forecast.DeclaredSeconds)} of work\n");
        if (forecast.ObservedRatio is { } ratio)
        {
            page.Append(Invariant, $"work takes {ratio:0.##} times what it declares: ");
            page.Append(Invariant, $"{WorkText.Format(forecast.WorkSeconds)}\n");
        }

        return page.Append(Answer(plan)).Append('\n').ToString();
    }

    public static void Write(ByteOutput output, PlanAnswer plan)
    {
        using (var writer = new Utf8JsonWriter(output, JsonText.Options))
        {
            Forecast forecast = plan.Forecast;
            writer.WriteStartObject();
            writer.WriteString("queue"u8, plan.Queue.ToString());
            writer.WriteString("group"u8, plan.Group.ToString());
            writer.WriteNumber("messages"u8, forecast.Messages);
            writer.WriteNumber("backlogSeconds"u8, Rounded(forecast.DeclaredSeconds));
            if (forecast.ObservedRatio is { } ratio) writer.WriteNumber("observedRatio"u8, Rounded(ratio));
            else writer.WriteNull("observedRatio"u8);
            writer.WriteNumber("workSeconds"u8, Rounded(forecast.WorkSeconds));
            if (plan.By is { } by) writer.WriteString("by"u8, Time(by));
            else writer.WriteNull("by"u8);
            if (plan.Workers is { } workers) writer.WriteNumber("workers"u8, workers);
            else writer.WriteNull("workers"u8);
            writer.WriteNumber("seconds"u8, Rounded(plan.Takes.TotalSeconds));
            writer.WriteString("doneAt"u8, Time(plan.DoneAt));
            writer.WriteEndObject();
        }

        output.Write("\n"u8);
    }

    private static string Answer(PlanAnswer plan)
    {
        if (plan.Forecast.Messages == 0) return "nothing is left to do";
        string takes = WorkText.Format(plan.Takes.TotalSeconds);
        if (plan.Workers is not { } workers)
            return $"not by {Local(plan.By!.Value, plan.Now)}: a worker for each message needs {takes}, "
                + $"until {Local(plan.DoneAt, plan.Now)}";
        string who = string.Create(Invariant, $"{workers:N0} {(workers == 1 ? "worker" : "workers")}");
        string when = $"{takes}, until {Local(plan.DoneAt, plan.Now)}";
        return plan.By is { } by
            ? $"by {Local(by, plan.Now)}: {who} ({when})"
            : $"with {who}: {when}";
    }

    /// <summary>The time of day, and the day where it is another.</summary>
    private static string Local(DateTimeOffset time, DateTimeOffset now)
    {
        DateTimeOffset local = time.ToOffset(now.Offset);
        return local.ToString(local.Date == now.Date ? "HH:mm:ss" : "yyyy-MM-dd HH:mm:ss", Invariant);
    }

    private static string Time(DateTimeOffset time) => TimeText.Format(
        (time - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond);

    private static decimal Rounded(double value) => Math.Round((decimal)Math.Min(value, 1e15), 6);
}
