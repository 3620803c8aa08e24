using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Dead;

/// <summary><c>fiq dead</c>: what groups have given up; looking at it, sending it back, throwing it away.</summary>
internal static class DeadCommands
{
    public static Command Create() => new CliCommand(
        "dead", "Shows dead letters, sends them back, throws them away.", "fiq dead list orders")
    {
        DeadListCommand.Create(),
        DeadShowCommand.Create(),
        DeadRetryCommand.Create(),
        DeadPurgeCommand.Create(),
    };
}
