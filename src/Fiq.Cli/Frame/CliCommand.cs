using System.CommandLine;

namespace Fiq.Cli.Frame;

/// <summary>A command: its options, its examples (each is run by a test), and what it does.</summary>
internal sealed class CliCommand : Command
{
    public CliCommand(string name, string description, params string[] examples)
        : base(name, description)
    {
        Examples = examples;
    }

    /// <summary>Command lines as a person would type them; help begins with them.</summary>
    public IReadOnlyList<string> Examples { get; }

    /// <summary>Whether what stands behind <c>--</c> is a command with its arguments.</summary>
    public bool TakesCommand { get; init; }

    /// <summary>What it does; null for a command that only holds others.</summary>
    public Func<Invocation, Task<ExitCode>>? Run { get; set; }

    /// <summary>The same command, with what it does.</summary>
    public CliCommand WithRun(Func<Invocation, Task<ExitCode>> run)
    {
        Run = run;
        return this;
    }
}
