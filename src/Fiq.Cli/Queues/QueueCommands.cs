using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue</c>: what is there, making it, changing it and removing it.</summary>
internal static class QueueCommands
{
    public static IEnumerable<Command> Create()
    {
        yield return new CliCommand("queue", "Shows, creates, changes and deletes queues.", "fiq queue list")
        {
            QueueListCommand.Create("list", "fiq queue list"),
            QueueShowCommand.Create(),
            QueueCreateCommand.Create(),
            QueueSetCommand.Create(),
            PauseCommands.OfQueue(paused: true),
            PauseCommands.OfQueue(paused: false),
            QueuePurgeCommand.Create(),
            QueueDeleteCommand.Create(),
        };
        yield return QueueListCommand.Create("ls", "fiq ls");
    }
}
