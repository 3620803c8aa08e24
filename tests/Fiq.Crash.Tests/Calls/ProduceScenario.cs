using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>Two messages are produced, all or none.</summary>
internal sealed class ProduceScenario : Scenario
{
    private static readonly (string Key, string Body)[] Small = Messages("new-", 2);

    // Together with what is there they are larger than one segment; each is smaller than an argument may be.
    private static readonly (string Key, string Body)[] Large = Messages("new-", 2, 100_000);
    private const int AlmostASegment = 900_000;

    private readonly Func<TemporaryStore, Ledger, Task> _prepare;
    private readonly (string Key, string Body)[] _messages;

    private ProduceScenario(
        string name, Func<TemporaryStore, Ledger, Task> prepare, (string Key, string Body)[] messages)
    {
        Name = name;
        _prepare = prepare;
        _messages = messages;
    }

    public static ProduceScenario Create { get; } = new("create", (_, _) => Task.CompletedTask, Small);

    public static ProduceScenario Append { get; } = new("append", WithMessagesAsync, Small);

    public static ProduceScenario Roll { get; } = new("roll", WithAlmostASegmentAsync, Large);

    public static ProduceScenario Recover { get; } = new("recover", WithAnUncleanEndAsync, Small);

    public override string Name { get; }

    public override IReadOnlyList<string> Arguments =>
        ["produce", Queue, .. _messages.Select(message => $"{message.Key}:{message.Body}:0")];

    public override async Task PrepareAsync(TemporaryStore store, Ledger ledger)
    {
        await _prepare(store, ledger);
        ledger.SentAtOnce(_messages);
    }

    public override async Task<IReadOnlyList<string>> FaultsAsync(
        TemporaryStore store, Ledger ledger, FiqResult result, bool wasKilled)
    {
        var acked = ResultLine.In(result.Output);
        foreach (var line in acked)
        {
            ledger.WasAcked(line.Key, line.Offset);
        }

        if (result.ExitCode == 0 && acked.Count < _messages.Length)
        {
            return ["it ended as if all were stored, and did not say so of each"];
        }

        if (!wasKilled && acked.Count == 0 && !result.Errors.Text.Contains("can't be known", StringComparison.Ordinal))
        {
            ledger.WasRefused(_messages[0].Key);
        }

        await ProduceAsync(store, ledger, ("after", "what comes next"));
        var faults = ledger.Faults(await Open(store).DrainAsync());
        return this == Create ? [.. faults, .. await LeftOversAsync(store)] : faults;
    }

    private static async Task WithMessagesAsync(TemporaryStore store, Ledger ledger)
    {
        await Open(store).CreateAsync();
        await ProduceAsync(store, ledger, Messages("old-", 3));
    }

    private static async Task WithAlmostASegmentAsync(TemporaryStore store, Ledger ledger)
    {
        await Open(store).CreateAsync();
        await ProduceAsync(store, ledger, ("large", new string('x', AlmostASegment)));
    }

    /// <summary>As a power cut leaves it: the page is older than the log, and behind the log's end lie bytes.</summary>
    private static async Task WithAnUncleanEndAsync(TemporaryStore store, Ledger ledger)
    {
        await WithMessagesAsync(store, ledger);
        var page = Path.Combine(store.QueuePath(Queue), "control");
        var older = await File.ReadAllBytesAsync(page);
        await ProduceAsync(store, ledger, Messages("late-", 3));
        await using var control = new FileStream(page, FileMode.Open);
        await control.WriteAsync(older);
        var segment = Directory.EnumerateFiles(store.QueuePath(Queue), "*.log").Single();
        var end = (await File.ReadAllBytesAsync(segment)).AsSpan().LastIndexOfAnyExcept((byte)0) + 1;
        await using var log = new FileStream(segment, FileMode.Open);
        log.Position = end + 64;
        await log.WriteAsync("FIQB, or what is left of it"u8.ToArray());
    }
}
