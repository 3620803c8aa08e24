using System.Collections.Concurrent;

namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>
/// The shipped binary, and the scenarios it has run: each is run once and then examined by several tests.
/// </summary>
public sealed class RecordedScenarios : IAsyncLifetime
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fiq-shipped-").FullName;
    private readonly ConcurrentDictionary<string, Lazy<Task<TraceRecord>>> _records = [];

    internal string Binary { get; private set; } = "";

    public async Task InitializeAsync() => Binary = await ShippedBinary.PublishAsync(_folder);

    public Task DisposeAsync()
    {
        Directory.Delete(_folder, recursive: true);
        return Task.CompletedTask;
    }

    /// <summary>The record of a scenario, run now or before.</summary>
    internal Task<TraceRecord> Of(Scenario scenario) => _records.GetOrAdd(
        scenario.Method.Name, _ => new Lazy<Task<TraceRecord>>(() => RecordAsync(scenario))).Value;

    private async Task<TraceRecord> RecordAsync(Scenario scenario)
    {
        using var recorder = new Recorder(Binary);
        await scenario(recorder);
        return recorder.Finish();
    }
}

/// <summary>Runs processes through a recorder until they have all ended.</summary>
internal delegate Task Scenario(Recorder recorder);

/// <summary>The tests that share the records; they run one by one.</summary>
[CollectionDefinition(Name)]
public sealed class TraceCollection : ICollectionFixture<RecordedScenarios>
{
    public const string Name = "trace";
}
