using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Torture;

/// <summary>What a torture says: a line that moves on a terminal, and at the end what came of it.</summary>
internal sealed class TortureWords(Invocation invocation, StormPlan plan, TimeSpan duration)
{
    private static readonly CultureInfo Invariant = CultureInfo.InvariantCulture;

    private bool ShowsProgress => invocation.Streams.ErrorIsTerminal && !invocation.Quiet && !invocation.Json;

    public void Begin(string folder) => invocation.Say(string.Create(
        Invariant,
        $"{plan.Producers} producers and {plan.Consumers} consumers are killed at random for "
            + $"{DurationText.Format(duration)} in {Printable.Escape(folder)} · seed {plan.Seed} · "
                + $"Ctrl-C ends it early"));

    public void Progress(TimeSpan elapsed, Storm storm, Ledger ledger)
    {
        if (!ShowsProgress) return;
        invocation.Streams.WriteError(string.Create(
            Invariant,
            $"\r{elapsed.TotalSeconds:0} s · {storm.Kills:N0} kills · {ledger.Acked:N0} acknowledged · "
                + $"{ledger.Delivered:N0} delivered \e[K"));
    }

    public void End(TimeSpan elapsed, Storm storm, Ledger ledger, string? kept)
    {
        if (ShowsProgress) invocation.Streams.WriteError("\r\e[K");
        if (invocation.Json) WriteJson(elapsed, storm, ledger, kept);
        else invocation.Streams.Output.Write(Text(elapsed, storm, ledger, kept));
    }

    private string Text(TimeSpan elapsed, Storm storm, Ledger ledger, string? kept)
    {
        string summary = string.Create(
            Invariant,
            $"{elapsed.TotalSeconds:0.0} s, seed {plan.Seed}: {storm.Kills:N0} kills, {storm.Stops:N0} stops, "
                + $"{ledger.Acked:N0} acknowledged, {ledger.Delivered:N0} delivered to two groups "
                + $"({ledger.Redelivered:N0} again after a kill or stop)\n");
        if (kept is null) return summary + Verdict(kept) + "\n";
        string broken = string.Concat(
            ledger.Violations.Select(each => $"  {each.Kind}: {Printable.Escape(each.Text)}\n"));
        return summary + broken + invocation.OutputInk.Red(Verdict(kept)) + "\n";
    }

    private string Verdict(string? kept) => kept is null
        ? "nothing acknowledged was lost, changed, doubled or reordered"
        : string.Create(
            Invariant,
            $"a promise was broken: the queue is kept in {Printable.Escape(kept)}; "
                + $"--seed {plan.Seed} draws the same moments");

    private void WriteJson(TimeSpan elapsed, Storm storm, Ledger ledger, string? kept)
    {
        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteNumber("seed"u8, plan.Seed);
            writer.WriteNumber("seconds"u8, Math.Round(elapsed.TotalSeconds, 1));
            writer.WriteNumber("kills"u8, storm.Kills);
            writer.WriteNumber("stops"u8, storm.Stops);
            writer.WriteNumber("acked"u8, ledger.Acked);
            writer.WriteNumber("delivered"u8, ledger.Delivered);
            writer.WriteNumber("redelivered"u8, ledger.Redelivered);
            writer.WriteStartArray("violations"u8);
            foreach (Violation each in ledger.Violations)
            {
                writer.WriteStartObject();
                writer.WriteString("kind"u8, each.Kind);
                writer.WriteString("text"u8, each.Text);
                writer.WriteEndObject();
            }

            writer.WriteEndArray();
            writer.WriteString("folder"u8, kept);
            writer.WriteBoolean("ok"u8, kept is null);
            writer.WriteString("verdict"u8, Verdict(kept));
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
    }
}
