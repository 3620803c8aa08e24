namespace Fiq;

/// <summary>
/// The one exception of fiq: a code, what is wrong, how to mend it, and what it is about. The subtypes below carry
/// more data where a caller can use it.
/// </summary>
public class FiqException : Exception
{
    /// <summary>Makes an error.</summary>
    public FiqException(ErrorCode code, string message, string? hint = null, Exception? inner = null)
        : base(message, inner)
    {
        Code = code;
        Hint = hint;
    }

    /// <summary>What kind of error.</summary>
    public ErrorCode Code { get; }

    /// <summary>How to mend it, as a sentence; may be null.</summary>
    public string? Hint { get; }

    /// <summary>The queue it is about, when there is one.</summary>
    public string? Queue { get; init; }
}

/// <summary>Stored data is damaged: which file, which bytes, and which messages are concerned.</summary>
public sealed class DamagedException : FiqException
{
    /// <summary>
    /// Makes an error about bytes <paramref name="fromPosition"/> to <paramref name="toPosition"/>; 0 and 0 when it is
    /// not about some bytes, but about a file or folder that is not there or not where it belongs.
    /// </summary>
    public DamagedException(string file, long fromPosition, long toPosition, string what)
        : base(
            ErrorCode.Damaged,
            toPosition == 0 ? $"{file}: {what}" : $"{file} is damaged at bytes {fromPosition}..{toPosition}: {what}",
            "Nothing was changed. fiq verify names all that is damaged; fiq repair --dry-run says what can be saved.")
    {
        What = what;
        File = file;
        FromPosition = fromPosition;
        ToPosition = toPosition;
    }

    /// <summary>What is wrong there.</summary>
    public string What { get; }

    /// <summary>The file.</summary>
    public string File { get; }

    /// <summary>The same error with the file's folder named: every queue has files of these names.</summary>
    public DamagedException In(string folder) =>
        File.Contains('/', StringComparison.Ordinal)
            ? this
            : new DamagedException($"{folder}/{File}", FromPosition, ToPosition, What);

    /// <summary>The first damaged byte.</summary>
    public long FromPosition { get; }

    /// <summary>One past the last damaged byte.</summary>
    public long ToPosition { get; }
}

/// <summary>A lock was held by another process for longer than the wait.</summary>
public sealed class BusyException : FiqException
{
    /// <summary>Makes an error that names the holder; <paramref name="holderPid"/> is 0 when it is not known.</summary>
    public BusyException(string what, int holderPid)
        : base(
            ErrorCode.Busy,
            holderPid == 0 ? $"{what} is held by another process" : $"{what} is held by process {holderPid}",
            holderPid == 0
                ? "Find it with fuser on the queue's folder; a stopped process must go on or end."
                : $"See ps -o pid,stat,cmd -p {holderPid}; a stopped process must go on (kill -CONT) or end.")
    {
        HolderPid = holderPid;
    }

    /// <summary>The process that holds it, or 0.</summary>
    public int HolderPid { get; }
}

/// <summary>Of several messages some are stored, and the next was refused: for what, the code says.</summary>
public sealed class PartlyStoredException : FiqException
{
    /// <summary>Makes an error that says what <paramref name="error"/> says, and what came before it.</summary>
    public PartlyStoredException(FiqException error, IReadOnlyList<Acknowledgement> stored)
        : base(error.Code, error.Message, error.Hint, error)
    {
        Stored = stored;
        Queue = error.Queue;
    }

    /// <summary>An acknowledgement for each message before the one that was refused, in order.</summary>
    public IReadOnlyList<Acknowledgement> Stored { get; }
}
