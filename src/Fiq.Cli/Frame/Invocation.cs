using System.CommandLine;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Microsoft.Extensions.Logging;

namespace Fiq.Cli.Frame;

/// <summary>One run of one command: its options' values, the streams, and the store it works on.</summary>
internal sealed class Invocation : IAsyncDisposable
{
    private readonly ParseResult _parse;
    private readonly CommonOptions _common;
    private readonly Func<StoreLocation, IQueueEngine> _open;
    private readonly Lazy<StoreLocation> _store;
    private readonly ILoggerFactory? _logs;
    private readonly ILogger? _log;
    private IQueueEngine? _engine;

    public Invocation(
        ParseResult parse,
        CommonOptions common,
        Streams streams,
        Func<string, string?> environment,
        Func<StoreLocation, IQueueEngine> open,
        ErrorReport errors)
    {
        _parse = parse;
        _common = common;
        _open = open;
        Streams = streams;
        Environment = environment;
        Errors = errors;
        Json = parse.GetValue(common.Json);
        Quiet = parse.GetValue(common.Quiet);
        Verbose = parse.GetValue(common.Verbose);
        string colour = parse.GetValue(common.Color)!;
        OutputInk = Ink.Choose(colour, streams.OutputIsTerminal, environment);
        ErrorInk = Ink.Choose(colour, streams.ErrorIsTerminal, environment);
        _logs = Verbose ? VerboseLog.CreateFactory(ErrorInk.On) : null;
        _log = _logs?.CreateLogger("fiq");
        _store = new Lazy<StoreLocation>(() => StoreLocation.Resolve(parse.GetValue(common.Store), environment));
    }

    /// <summary>What stands behind <c>--</c>, for a command that takes one; null without <c>--</c>.</summary>
    public IReadOnlyList<string>? CommandWords { get; init; }

    /// <summary>The words of the command line behind <c>fiq</c>, up to <c>--</c>.</summary>
    public IReadOnlyList<string> Words => [.. _parse.Tokens.Select(token => token.Value)];

    /// <summary>Standard input, output and error.</summary>
    public Streams Streams { get; }

    /// <summary>The environment's variables.</summary>
    public Func<string, string?> Environment { get; }

    /// <summary>Where errors go.</summary>
    public ErrorReport Errors { get; }

    /// <summary>Whether output is JSON.</summary>
    public bool Json { get; }

    /// <summary>Whether only errors and asked-for results are printed.</summary>
    public bool Quiet { get; }

    /// <summary>Whether logs are wanted.</summary>
    public bool Verbose { get; }

    /// <summary>Colours for stdout.</summary>
    public Ink OutputInk { get; }

    /// <summary>Colours for stderr.</summary>
    public Ink ErrorInk { get; }

    /// <summary>Where the queues are.</summary>
    public StoreLocation Store => _store.Value;

    /// <summary>The engine on the store, opened when first asked for; closed with the invocation.</summary>
    public IQueueEngine Engine => _engine ??= OpenEngine(Store);

    /// <summary>An engine on another store; the caller closes it.</summary>
    public IQueueEngine OpenEngine(StoreLocation store)
    {
        Log($"opening {store.Path}");
        return _open(store);
    }

    /// <summary>An option's value, or its default.</summary>
    public T Get<T>(Option<T> option) => _parse.GetValue(option)!;

    /// <summary>An argument's value, or its default.</summary>
    public T Get<T>(Argument<T> argument) => _parse.GetValue(argument)!;

    /// <summary>Whether an option was given.</summary>
    public bool IsGiven(Option option) => _parse.GetResult(option) is { Implicit: false };

    /// <summary>A line for a person about the work; not with -q and not with --json.</summary>
    public void Say(string line)
    {
        if (!Quiet && !Json) Streams.WriteError(line + "\n");
    }

    /// <summary>A line for the log of --verbose; called a few times per run.</summary>
    public void Log(string line)
    {
        if (_log is { } log && log.IsEnabled(LogLevel.Information)) log.LogInformation("{Line}", line);
    }

    /// <summary>The same error, naming the queues that may have been meant.</summary>
    public async ValueTask<FiqException> WithSimilarQueuesAsync(FiqException error)
    {
        if (error.Queue is not { } wanted || _engine is null) return error;
        IReadOnlyList<string> similar = [];
        try
        {
            IReadOnlyList<QueueName> known = await _engine.ListAsync(CancellationToken.None);
            similar = Similar.To(wanted, known.Select(name => name.ToString()));
        }
        catch (FiqException)
        {
            // The first error is the one to tell; without a list there is nothing to suggest.
            return error;
        }

        string? hint = similar.Count == 0
            ? "fiq queue list shows what is there"
            : $"There is {string.Join(" and ", similar.Select(name => $"\"{name}\""))}";
        string what = $"no queue \"{Printable.Escape(wanted)}\" in {Store.Display}";
        return new FiqException(error.Code, what, hint + ".", error) { Queue = wanted };
    }

    public async ValueTask DisposeAsync()
    {
        if (_engine is not null) await _engine.DisposeAsync();
        // Writes out what is still queued.
        _logs?.Dispose();
    }
}
