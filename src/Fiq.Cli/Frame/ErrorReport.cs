using Fiq.Cli.Terminal;

namespace Fiq.Cli.Frame;

/// <summary>
/// The one place that turns an error into words: <c>fiq: what is wrong.</c> and how to mend it, or with --json one
/// object on stderr. Safe to call from several threads.
/// </summary>
internal sealed class ErrorReport
{
    private readonly Streams _streams;
    private readonly bool _json;

    public ErrorReport(Streams streams, bool json)
    {
        _streams = streams;
        _json = json;
    }

    /// <summary>Writes an error and returns the exit status that goes with it.</summary>
    public ExitCode Write(Exception error, bool verbose = false)
    {
        FiqException known = Known(error);
        _streams.WriteError(_json ? ErrorJson.Format(known, line: null) + "\n" : Words(known));
        if (verbose) _streams.WriteError(error + "\n");
        return (ExitCode)known.Code.Exit();
    }

    private static FiqException Known(Exception error) => error switch
    {
        FiqException known => known,
        UnauthorizedAccessException => new FiqException(ErrorCode.Forbidden, error.Message, null, error),
        IOException => new FiqException(ErrorCode.Failed, error.Message, null, error),
        _ => new FiqException(
            ErrorCode.Failed,
            $"something unforeseen failed ({error.GetType().Name}: {error.Message})",
            "Run it again with --verbose to see where; nothing acknowledged is lost.",
            error),
    };

    private static string Words(FiqException error)
    {
        string what = Sentence(Printable.Escape(error.Message));
        if (error.Hint is null) return $"fiq: {what}\n";
        // "There is "orders"." belongs to the sentence before it; advice stands on its own line.
        string between = error.Code is ErrorCode.QueueNotFound or ErrorCode.GroupNotFound ? " " : "\n     ";
        return $"fiq: {what}{between}{Sentence(Printable.Escape(error.Hint))}\n";
    }

    private static string Sentence(string text) =>
        text.Length == 0 || text[^1] is '.' or '?' or '!' ? text : text + ".";
}
