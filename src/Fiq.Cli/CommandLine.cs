using System.CommandLine;
using System.Reflection;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Engine;

namespace Fiq.Cli;

/// <summary>
/// The whole command line: from arguments to an exit status. System.CommandLine only parses here; help, errors,
/// signals and the end of the process are ours, because its own versions print to the wrong stream, name CLR types,
/// answer <c>-h</c> inside words and kill the process two seconds after a signal.
/// </summary>
internal sealed class CommandLine
{
    private static readonly ParserConfiguration Parsing = new()
    {
        EnablePosixBundling = false,
        ResponseFileTokenReplacer = null,
    };

    private readonly Streams _streams;
    private readonly Func<string, string?> _environment;
    private readonly Func<StoreLocation, IQueueEngine> _open;
    private readonly CommonOptions _common = new();
    private readonly RootCommand _root;

    public CommandLine(Streams streams, Func<string, string?> environment, Func<StoreLocation, IQueueEngine> open)
    {
        _streams = streams;
        _environment = environment;
        _open = open;
        _root = new RootCommand("A durable message queue in a folder.");
        _root.Options.Clear();
        _root.Directives.Clear();
        _common.AddTo(_root);
        foreach (Command command in Commands.All()) _root.Subcommands.Add(command);
    }

    /// <summary>The version that <c>--version</c> prints.</summary>
    public static string Version =>
        typeof(CommandLine).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()
            ?.InformationalVersion.Split('+')[0] ?? "0";

    /// <summary>The commands, for help and tests.</summary>
    public Command Root => _root;

    /// <summary>Runs one command line to its end; never throws.</summary>
    public async Task<ExitCode> RunAsync(IReadOnlyList<string> args)
    {
        (ParseResult parse, IReadOnlyList<string>? words) = Parse(args);
        var report = new ErrorReport(_streams, parse.GetValue(_common.Json));
        try
        {
            ExitCode exit = await RunAsync(parse, words, report);
            _streams.Output.Flush();
            return exit;
        }
        catch (OutputClosedException)
        {
            return ExitCode.OutputClosed;
        }
        catch (Exception error)
        {
            return report.Write(error, verbose: parse.GetValue(_common.Verbose));
        }
    }

    /// <summary>
    /// What stands behind <c>--</c> is data for most commands, and for some a command with arguments of its own, which
    /// the parser would take for ours.
    /// </summary>
    private (ParseResult Parse, IReadOnlyList<string>? CommandWords) Parse(IReadOnlyList<string> args)
    {
        int dashes = args.ToList().IndexOf("--");
        if (dashes >= 0)
        {
            ParseResult front = _root.Parse([.. args.Take(dashes)], Parsing);
            if (front.CommandResult.Command is CliCommand { TakesCommand: true })
                return (front, [.. args.Skip(dashes + 1)]);
        }

        return (_root.Parse(args, Parsing), null);
    }

    private async Task<ExitCode> RunAsync(ParseResult parse, IReadOnlyList<string>? words, ErrorReport report)
    {
        Command command = parse.CommandResult.Command;
        if (parse.GetValue(_common.Help)) return HelpPage.Write(_streams, command, _root);
        if (UsageErrors.First(parse) is { } wrong) throw wrong;
        if (parse.GetValue(_common.Version)) return Print($"fiq {Version}\n");
        if (command == _root) return Print(HelpPage.Greeting);
        if (command is not CliCommand { Run: { } run }) return HelpPage.Write(_streams, command, _root);
        await using var invocation = new Invocation(parse, _common, _streams, _environment, _open, report)
        {
            CommandWords = words,
        };
        invocation.Log($"{HelpPage.FullName(command)}, version {Version}");
        try
        {
            return await run(invocation);
        }
        catch (FiqException error) when (error.Code == ErrorCode.QueueNotFound)
        {
            throw await invocation.WithSimilarQueuesAsync(error);
        }
    }

    private ExitCode Print(string text)
    {
        _streams.Output.Write(text);
        return ExitCode.Done;
    }
}
