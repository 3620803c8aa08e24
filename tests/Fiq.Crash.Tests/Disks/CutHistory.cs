using System.Diagnostics;
using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// The life of one disk on which the power goes again and again, so that what one cut left is what the next one meets.
/// After each cut the queue must open by itself and give everything to two groups; the ledger compares. What happens
/// when is drawn from a seed; where a cut falls in a process's life is up to the machine.
/// </summary>
internal sealed class CutHistory(int seed) : IDisposable
{
    public const string Queue = "orders";
    private static readonly string[] Groups = ["default", "audit"];

    private readonly Random _random = new(seed);
    private readonly LoopDisk _disk = LoopDisk.Create(256);
    private int _round;

    public CutLedger Ledger { get; } = new();

    public int Cuts { get; private set; }

    public async Task RunAsync(int cuts)
    {
        await MustAsync("queue", "create", Queue, "--segment-bytes", "1MiB");
        await MustAsync("group", "create", Queue, "audit");
        var side = new SideQueue(_disk, $"side-{seed}");
        while (Cuts < cuts)
        {
            _round++;
            await (_random.Next(8) switch
            {
                < 3 => WorkAsync(null),
                < 5 => WorkAsync(side),
                _ => DrainAsync(),
            });
            while (_random.Next(3) == 0)
            {
                await RecoverAsync();
            }

            await CheckAsync();
            await side.CheckAsync();
        }

        Ledger.CheckOrder();
    }

    public void Dispose() => _disk.Dispose();

    public override string ToString() =>
        $"seed {seed}, round {_round}, after {Cuts} cuts:\n{string.Join('\n', Ledger.Faults.Take(20))}";

    /// <summary>The power goes while several produce and consume, and a second queue is made or deleted.</summary>
    private async Task WorkAsync(SideQueue? side)
    {
        await using var load = new Load(_disk, Ledger, _random);
        var producers = side is null ? _random.Next(1, 4) : 1;
        for (var number = 0; number < producers; number++)
        {
            load.Produce($"s{seed}r{_round}p{number}");
        }

        for (var consumers = _random.Next(side is null ? 3 : 1); consumers > 0; consumers--)
        {
            load.Consume("default");
        }

        if (_random.Next(2) == 0)
        {
            load.Consume("audit");
        }

        await load.WaitForWorkAsync();
        side?.Change();
        await CutAsync(load, 500);
        await (side?.EndAsync() ?? Task.CompletedTask);
        _disk.Reattach();
    }

    /// <summary>The power goes while what has gathered is drained, and emptied segments are deleted.</summary>
    private async Task DrainAsync()
    {
        var lines = string.Concat(
            Enumerable.Range(0, _random.Next(200, 1_500)).Select(number => Load.LineOf($"s{seed}r{_round}d-{number}")));
        var produced = await FiqProcess.RunAsync(_disk.Command("produce", Queue), lines);
        produced.ExitCode.Should().Be(0, "{0}", produced.Errors.Text);
        Ledger.AddAcked(produced.Output);
        await using var load = new Load(_disk, Ledger, _random);
        load.Consume("default");
        load.Consume("audit");
        await CutAsync(load, 900);
        _disk.Reattach();
    }

    /// <summary>The power goes again, in or soon after what the last cut made necessary.</summary>
    private async Task RecoverAsync()
    {
        _round++;
        await using var load = new Load(_disk, Ledger, _random);
        load.Produce($"s{seed}r{_round}q");
        load.Consume("default");
        await CutAsync(load, 400);
        _disk.Reattach();
    }

    private async Task CutAsync(Load load, int lifeMillisecondsMax)
    {
        await Task.Delay(_random.Next(lifeMillisecondsMax));
        load.MustRun();
        var cutAt = Stopwatch.GetTimestamp();
        _disk.CutPower(_random.Next(5) == 0 ? PowerCut.LogWritten : PowerCut.AtOnce);
        Cuts++;
        await load.EndAsync(cutAt);
    }

    private async Task CheckAsync()
    {
        if (_random.Next(3) == 0)
        {
            // An onlooker comes before anybody has recovered.
            await ShowAsync();
        }

        var consumed = await Task.WhenAll(Groups.Select(
            group => FiqProcess.RunAsync(Load.Consuming(_disk, group, "--until-empty"))));
        foreach (var (group, result) in Groups.Zip(consumed))
        {
            result.ExitCode.Should().Be(0, "{0}\n{1}", this, result.Errors.Text);
            Ledger.AddPrinted(group, result.Output);
        }

        var shown = await ShowAsync();
        foreach (var group in Groups)
        {
            Ledger.SetDrained(group, shown.GetProperty("nextOffset").GetInt64());
        }

        Ledger.CheckAcked();
        Ledger.Faults.Should().BeEmpty("{0}", this);
    }

    private async Task<JsonElement> ShowAsync()
    {
        var shown = await MustAsync("queue", "show", Queue, "--json");
        return JsonDocument.Parse(shown.Output.Text).RootElement;
    }

    private async Task<FiqResult> MustAsync(params string[] arguments)
    {
        var result = await FiqProcess.RunAsync(_disk.Command(arguments));
        result.ExitCode.Should().Be(0, "{0}\n{1}", this, result);
        return result;
    }
}
