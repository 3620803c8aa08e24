using System.CommandLine;
using Fiq.Cli.Produce;

namespace Fiq.Cli;

/// <summary>The commands that are built, in the order in which help shows them.</summary>
internal static class Commands
{
    public static IEnumerable<Command> All()
    {
        yield return ProduceCommand.Create();
    }
}
