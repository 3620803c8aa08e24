namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>Scenarios in which a queue goes.</summary>
internal static class Deleting
{
    public static async Task AQueueWithMessages(Recorder recorder)
    {
        await ProduceAsync(recorder);
        await recorder.RunAsync("queue", "delete", Producing.Queue, "--yes", "--json");
    }

    /// <summary>
    /// The deleter dies when it is about to sync the store; another process, which has nothing to do with that queue,
    /// finds what it left. A deleter's first sync is the self-test's, the second that of the log it attaches to.
    /// </summary>
    public static async Task KilledInTheMiddle(Recorder recorder)
    {
        await ProduceAsync(recorder);
        var killed = recorder.Start(
            ["-e", "inject=fsync:signal=KILL:when=3"], "queue", "delete", Producing.Queue, "--yes");
        (await Recorder.EndAsync(killed)).ExitCode.Should().NotBe(0);
        await recorder.RunAsync("queue", "create", "bills", "--json");
    }

    private static async Task ProduceAsync(Recorder recorder)
    {
        var process = recorder.Start([], "produce", Producing.Queue);
        await recorder.FeedOneByOneAsync(process, "g", 5);
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }
}
