using System.CommandLine;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Queues;

/// <summary><c>fiq queue</c>: what is there, making it and removing it.</summary>
internal static class QueueCommands
{
    public static IEnumerable<Command> Create()
    {
        yield return new CliCommand("queue", "Shows, creates, purges and deletes queues.", "fiq queue list")
        {
            QueueListCommand.Create("list", "fiq queue list"),
            QueueShowCommand.Create(),
            QueueCreateCommand.Create(),
            QueuePurgeCommand.Create(),
            QueueDeleteCommand.Create(),
        };
        yield return QueueListCommand.Create("ls", "fiq ls");
    }
}
