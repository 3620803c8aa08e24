using System.CommandLine;
using System.Text;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Tests.Doubles;

/// <summary>One command line run inside this process, over an engine in memory.</summary>
internal sealed class CommandLineRun
{
    private readonly Dictionary<string, string> _environment = new() { ["HOME"] = "/home/ann" };

    public MemoryEngine Engine { get; } = new();

    public string Output { get; private set; } = "";

    public string Error { get; private set; } = "";

    public ExitCode Exit { get; private set; }

    public Command Root => Make(Stream.Null, Stream.Null, Stream.Null, terminal: false).Root;

    public string[] OutputLines => Lines(Output);

    public string[] ErrorLines => Lines(Error);

    public CommandLineRun With(string variable, string value)
    {
        _environment[variable] = value;
        return this;
    }

    public Task<CommandLineRun> RunAsync(params string[] args) => RunAsync("", args);

    public Task<CommandLineRun> RunAsync(string input, string[] args) => RunAsync(Encoding.UTF8.GetBytes(input), args);

    public async Task<CommandLineRun> RunAsync(byte[] input, string[] args)
    {
        using var source = new MemoryStream(input);
        return await RunAsync(source, args);
    }

    public async Task<CommandLineRun> RunAsync(Stream input, string[] args, bool terminal = false)
    {
        using var output = new MemoryStream();
        using var error = new MemoryStream();
        Exit = await Make(input, output, error, terminal).RunAsync(args);
        Output = Encoding.UTF8.GetString(output.ToArray());
        Error = Encoding.UTF8.GetString(error.ToArray());
        return this;
    }

    private CommandLine Make(Stream input, Stream output, Stream error, bool terminal)
    {
        var streams = new Streams(input, output, error)
        {
            InputIsTerminal = terminal,
            OutputIsTerminal = terminal,
            ErrorIsTerminal = terminal,
        };
        return new CommandLine(streams, _environment.GetValueOrDefault, _ => Engine);
    }

    private static string[] Lines(string text) => text.Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
