using System.CommandLine;
using Fiq.Cli.Consume;
using Fiq.Cli.Dead;
using Fiq.Cli.Demo;
using Fiq.Cli.Doctor;
using Fiq.Cli.Groups;
using Fiq.Cli.Inspect;
using Fiq.Cli.Plan;
using Fiq.Cli.Produce;
using Fiq.Cli.Queues;
using Fiq.Cli.Run;
using Fiq.Cli.Top;
using Fiq.Cli.Torture;

namespace Fiq.Cli;

/// <summary>The commands that are built, in the order in which help shows them.</summary>
internal static class Commands
{
    public static IEnumerable<Command> All()
    {
        yield return ProduceCommand.Create();
        yield return ConsumeCommand.Create();
        yield return RunCommand.Create();
        foreach (Command command in QueueCommands.Create()) yield return command;
        yield return GroupCommands.Create();
        yield return DeadCommands.Create();
        yield return PlanCommand.Create();
        yield return TopCommand.Create();
        yield return VerifyCommand.Create();
        yield return RepairCommand.Create();
        yield return DemoCommand.Create();
        yield return DoctorCommand.Create();
        yield return TortureCommand.Create();
    }
}
