using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Ledgers;

/// <summary>A queue in a store of its own, with a ledger of all that a test sends to it.</summary>
/// <param name="store">The store, where there is one already.</param>
internal sealed class LedgeredQueue(TemporaryStore? store = null) : IDisposable
{
    public const string Name = "orders";

    private readonly Ledger _ledger = new();

    public TemporaryStore Store { get; } = store ?? new TemporaryStore();

    public string Folder => Store.QueuePath(Name);

    public string Control => Path.Combine(Folder, "control");

    public string Leases => Path.Combine(Folder, "groups", "default", "leases");

    /// <summary>The paths of its segments, in their order.</summary>
    public IReadOnlyList<string> Segments => [.. Directory.EnumerateFiles(Folder, "*.log").Order()];

    private OpenQueue Queue => new(Store.Path, Name);

    public Task CreateAsync() => Queue.CreateAsync();

    public FiqCommand Fiq(params string[] arguments) => Store.PlainCommand(arguments);

    /// <summary>Produces one message in a process of its own; say how it ended.</summary>
    public FiqCommand Produce(string key)
    {
        _ledger.SentAtOnce([(key, "body")]);
        return Fiq("produce", Name, $"{key}:body:0");
    }

    /// <summary>Starts a producer and has it store a first message.</summary>
    public async Task<FiqProcess> StartProducerAsync(string key)
    {
        var producer = FiqProcess.Start(Fiq("produce", Name));
        await SendAsync(producer, key);
        return producer;
    }

    /// <summary>Has a producer store one more message.</summary>
    public async Task SendAsync(FiqProcess producer, string key)
    {
        _ledger.SentAtOnce([(key, "body")]);
        var before = producer.Output.Count;
        await producer.WriteAsync($"{key}:body:0\n");
        await producer.Output.WaitForCountAsync(before + 1);
        Acked(ResultLine.In(producer.Output)[before]);
    }

    /// <summary>Stores messages here, all at once.</summary>
    public async Task StoreAsync(params (string Key, string Body)[] messages)
    {
        _ledger.SentAtOnce(messages);
        var offset = await Queue.ProduceAsync(messages);
        foreach (var (key, _) in messages)
        {
            _ledger.WasAcked(key, offset++);
        }
    }

    public void WasRefused(string key) => _ledger.WasRefused(key);

    public void ShouldBeAcked(FiqResult result)
    {
        result.ExitCode.Should().Be(0, "{0}", result);
        Acked(ResultLine.In(result.Output).Should().ContainSingle("{0}", result).Subject);
    }

    /// <summary>What consumers printed and what is left are together all that was acknowledged.</summary>
    public async Task ShouldHaveEverythingAsync(params Found[] consumed)
    {
        var rest = await Queue.DrainAsync();
        consumed.Intersect(rest).Should().BeEmpty("what is settled does not come again");
        _ledger.Faults([.. consumed, .. rest]).Should().BeEmpty();
    }

    public void Dispose() => Store.Dispose();

    private void Acked(ResultLine line) => _ledger.WasAcked(line.Key, line.Offset);
}
