namespace Fiq.Crash.Tests.Trace.Scenarios;

/// <summary>Scenarios in which messages are worked on.</summary>
internal static class Consuming
{
    /// <summary>Two groups take the same twenty messages, one in two runs; then there are twenty more.</summary>
    public static async Task InTwoGroups(Recorder recorder)
    {
        await ProduceAsync(recorder, "c", 20, "to be done");
        await recorder.RunAsync("consume", Producing.Queue, "--count", "8", "--json");
        await recorder.RunAsync("consume", Producing.Queue, "--until-empty", "--json");
        await recorder.RunAsync("consume", Producing.Queue, "--group", "other", "--until-empty", "--json");
        await ProduceAsync(recorder, "again", 20, "to be done later");
    }

    /// <summary>
    /// Five segments; both groups settle everything in them, and the first four go, one right after the other: a
    /// consumer looks when it has settled something and still works.
    /// </summary>
    public static async Task UntilSegmentsGo(Recorder recorder)
    {
        await Producing.CreateSmallAsync(recorder);
        await recorder.RunAsync("group", "create", Producing.Queue, "slow");
        await ProduceAsync(recorder, "t", 70, Producing.Long);
        await recorder.RunAsync("consume", Producing.Queue, "--until-empty", "--json");
        await recorder.RunAsync("consume", Producing.Queue, "--group", "slow", "--until-empty", "--json");
        await recorder.RunAsync("produce", Producing.Queue, recorder.Line("at-once-0", "1").Trim());
        await recorder.RunAsync("produce", Producing.Queue, recorder.Line("slowly-0", "2", seconds: "0.8").Trim());
        await recorder.RunAsync("consume", Producing.Queue, "--until-empty", "--json");
    }

    private static async Task ProduceAsync(Recorder recorder, string name, int count, string body)
    {
        var process = recorder.Start([], "produce", Producing.Queue);
        await recorder.FeedOneByOneAsync(process, name, count, body);
        (await Recorder.EndAsync(process)).ExitCode.Should().Be(0);
    }
}
