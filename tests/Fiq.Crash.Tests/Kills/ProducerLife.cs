using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Kills;

/// <summary>How a producer ends.</summary>
internal enum ProducerEnd
{
    /// <summary>It is given all its input and ends by itself.</summary>
    Orderly,

    /// <summary>It is killed after some time.</summary>
    AtAnyTime,

    /// <summary>It is killed as it writes, holding the append lock.</summary>
    AtAWrite,

    /// <summary>It is killed as it syncs for all, holding the sync lock.</summary>
    AtASync,
}

/// <summary>A process that produces numbered lines until it has no more of them or is killed.</summary>
internal sealed class ProducerLife(string name, ProducerEnd end, int moment)
{
    private const int LinesMax = 600;
    private const int LinesAtATime = 10;
    private const int BodySize = 1000;

    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(4);

    /// <summary>What it sends, in order; whether it comes to the last is another matter.</summary>
    public IReadOnlyList<(string Key, string Body)> Messages { get; } =
        [.. Enumerable.Range(0, LinesMax).Select(n => ($"{name}-{n}", $"{name}-{n}".PadRight(BodySize, '.')))];

    /// <summary>Lives, and returns what was acknowledged.</summary>
    public async Task<IReadOnlyList<ResultLine>> RunAsync(FiqCommand command)
    {
        await using var process = FiqProcess.Start(command with { Wrapper = Wrapper() });
        var feeding = FeedAsync(process);
        if (end == ProducerEnd.AtAnyTime)
        {
            await Task.Delay(moment);
            process.Kill();
        }

        await feeding;
        var result = await process.EndAsync();
        int[] exits = end == ProducerEnd.Orderly ? [0] : [0, 128 + (int)Signal.Kill];
        exits.Should().Contain(result.ExitCode, "{0} was to end {1}: {2}", name, end, result.Errors.Text);
        return ResultLine.In(result.Output);
    }

    private string[] Wrapper() => end switch
    {
        ProducerEnd.AtAWrite => KillAt("pwrite64", 1 + (moment % 20)),
        // The first sync of the first thread is one that must fail: it tries whether errors are told.
        ProducerEnd.AtASync => KillAt("fdatasync", 2 + (moment % 20)),
        _ => [],
    };

    private static string[] KillAt(string call, int number) =>
    [
        "strace", "-f", "-qq", "-o", "/dev/null",
        "-e", $"trace={call}", "-e", $"inject={call}:signal=SIGKILL:when={number}",
    ];

    private async Task FeedAsync(FiqProcess process)
    {
        for (var line = 0; line < LinesMax && !process.InputWasRefused; line += LinesAtATime)
        {
            await process.WriteAsync(string.Concat(
                Messages.Skip(line).Take(LinesAtATime).Select(message => $"{message.Key}:{message.Body}:0\n")));
            await Task.Delay(Pause);
        }

        process.EndInput();
    }
}
