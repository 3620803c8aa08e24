using System.CommandLine;

namespace Fiq.Cli.Frame;

/// <summary>The options that every command has.</summary>
internal sealed class CommonOptions
{
    public Option<string?> Store { get; } = OptionKinds.Text(
        "--store", "FOLDER", "The folder that holds the queues.",
        "$FIQ_STORE, $STATE_DIRECTORY, $XDG_DATA_HOME/fiq or ~/.local/share/fiq", "-s");

    public Option<bool> Json { get; } = OptionKinds.Flag(
        "--json", "Print one JSON object per line; errors as JSON too.");

    public Option<bool> Quiet { get; } = OptionKinds.Flag(
        "--quiet", "No acknowledgements, progress or summary; errors and results stay.", "-q");

    public Option<bool> Verbose { get; } = OptionKinds.Flag("--verbose", "Logs on stderr.", "-v");

    public Option<string> Color { get; } = OptionKinds.Choice(
        "--color", "Colours in what a person reads.", "auto", "auto", "always", "never");

    public Option<bool> Help { get; } = OptionKinds.Flag("--help", "This page.", "-h");

    public Option<bool> Version { get; } = OptionKinds.Flag("--version", "The version of fiq.");

    public void AddTo(Command root)
    {
        foreach (Option option in new Option[] { Store, Json, Quiet, Verbose, Color, Help })
        {
            option.Recursive = true;
            root.Options.Add(option);
        }

        root.Options.Add(Version);
    }
}
