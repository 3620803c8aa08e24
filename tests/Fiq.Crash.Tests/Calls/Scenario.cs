using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Calls;

/// <summary>
/// One short life of a process: what was there before, what it is asked to do, and what must be so after it, whatever
/// became of it.
/// </summary>
internal abstract class Scenario
{
    public const string Queue = "orders";

    public abstract string Name { get; }

    public abstract IReadOnlyList<string> Arguments { get; }

    /// <summary>Whether some of its calls are made by other threads than the first.</summary>
    public virtual bool WorksInBackground => false;

    public static IReadOnlyList<Scenario> All { get; } =
    [
        ProduceScenario.Create,
        ProduceScenario.Append,
        ProduceScenario.Roll,
        ProduceScenario.Recover,
        new ConsumeScenario(),
        new DeleteScenario(),
    ];

    public abstract Task PrepareAsync(TemporaryStore store, Ledger ledger);

    /// <summary>Goes on with the queue as the next process, and says what is wrong.</summary>
    public abstract Task<IReadOnlyList<string>> FaultsAsync(
        TemporaryStore store, Ledger ledger, FiqResult result, bool wasKilled);

    public override string ToString() => Name;

    protected static OpenQueue Open(TemporaryStore store) => new(store.Path, Queue);

    /// <summary>Stores messages and enters them as acknowledged.</summary>
    protected static async Task ProduceAsync(
        TemporaryStore store, Ledger ledger, params (string Key, string Body)[] messages)
    {
        ledger.SentAtOnce(messages);
        var offset = await Open(store).ProduceAsync(messages);
        foreach (var (key, _) in messages)
        {
            ledger.WasAcked(key, offset++);
        }
    }

    protected static (string Key, string Body)[] Messages(string prefix, int count, int size = 10)
    {
        return [.. Enumerable.Range(0, count).Select(n => ($"{prefix}{n}", new string((char)('a' + n), size)))];
    }

    /// <summary>Names in the store that mean nothing are gone once somebody has created or deleted a queue.</summary>
    protected static async Task<IReadOnlyList<string>> LeftOversAsync(TemporaryStore store)
    {
        await new OpenQueue(store.Path, "next").CreateAsync();
        return
        [
            .. Directory.EnumerateFileSystemEntries(store.Path)
                .Select(path => Path.GetFileName(path))
                .Where(entry => entry.StartsWith('.'))
                .Select(entry => $"{entry} was left over"),
        ];
    }
}
