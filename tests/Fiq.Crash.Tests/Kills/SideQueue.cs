using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Calls;

namespace Fiq.Crash.Tests.Kills;

/// <summary>A queue that several processes create, fill and delete at the same time and die over.</summary>
internal sealed class SideQueue(TemporaryStore store, string name)
{
    private const int Killed = 128 + (int)Signal.Kill;
    private const int NotFound = 4;

    public string Name => name;

    /// <summary>One process does one of these; returns what was wrong with how it ended.</summary>
    public async Task<IReadOnlyList<string>> TouchAsync(Random dice)
    {
        string[] arguments = dice.Next(3) switch
        {
            0 => ["queue", "create", name],
            1 => ["produce", name, "key:body:0"],
            _ => ["queue", "delete", name, "--yes"],
        };
        await using var process = FiqProcess.Start(store.PlainCommand(arguments));
        process.EndInput();
        // Half of them live to their end.
        if (dice.Next(2) == 0)
        {
            await Task.WhenAny(process.Output.Ended, Task.Delay(dice.Next(80, 450)));
            process.Kill();
        }

        var result = await process.EndAsync();
        return result.ExitCode switch
        {
            Killed => [],
            0 or NotFound => ClearError.Faults(result),
            _ => [$"{string.Join(' ', arguments)} ended with {result}"],
        };
    }
}
