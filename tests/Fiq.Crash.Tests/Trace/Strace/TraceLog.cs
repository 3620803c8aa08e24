using System.Globalization;

namespace Fiq.Crash.Tests.Trace.Strace;

/// <summary>The log that strace wrote of one process and all its threads.</summary>
internal static class TraceLog
{
    /// <summary>
    /// Every change of files and every word to stdout; whatever else could change a file is in it too, so that it
    /// would be noticed.
    /// </summary>
    private const string Calls =
        "openat,open,creat,mkdir,mkdirat,pwrite64,pwritev,pwritev2,write,writev,fsync,fdatasync,sync_file_range,"
        + "ftruncate,fallocate,rename,renameat,renameat2,link,linkat,symlink,symlinkat,unlink,unlinkat,rmdir,close,"
        + "mmap,copy_file_range,sendfile,splice";

    /// <summary>The command that traces into a file; more options may be added.</summary>
    public static IReadOnlyList<string> Wrapper(string path, params string[] more) =>
    [
        "strace", "-f", "-qqq", "-s", "33554432", "-a", "1", "-e", "signal=none",
        "--absolute-timestamps=format:unix,precision:ns", "--syscall-times=ns",
        "-o", path, "-e", $"trace={Calls}", .. more,
    ];

    /// <summary>Reads a log; a call in which the process died has no result and never ended.</summary>
    public static IReadOnlyList<TracedCall> Read(int process, IEnumerable<string> lines)
    {
        var calls = new List<TracedCall>();
        var unfinished = new Dictionary<int, (string Text, long Start)>();
        foreach (var line in lines)
        {
            var (thread, time, text) = Head(line);
            text = WithEnd(text);
            if (text.StartsWith("+++", StringComparison.Ordinal) || text.StartsWith("???", StringComparison.Ordinal))
            {
                continue;
            }

            if (text.EndsWith(Unfinished, StringComparison.Ordinal))
            {
                unfinished.Add(thread, (text[..^Unfinished.Length], time));
            }
            else if (text.StartsWith("<... ", StringComparison.Ordinal))
            {
                unfinished.Remove(thread, out var begun);
                var rest = text[(text.IndexOf('>', StringComparison.Ordinal) + 1)..];
                calls.Add(Parse(process, begun.Text + rest, begun.Start, time));
            }
            else
            {
                calls.Add(Parse(process, text, time, null));
            }
        }

        calls.AddRange(unfinished.Values.Select(begun => Parse(process, begun.Text + NoAnswer, begun.Start, null)));
        return calls;
    }

    private const string Unfinished = " <unfinished ...>";
    private const string Detached = " <detached ...>";
    private const string NoAnswer = ") = ?";

    /// <summary>
    /// When its process dies in a call, strace says so in one of several ways; and of a thread that begins just then
    /// it says only that.
    /// </summary>
    private static string WithEnd(string text)
    {
        foreach (var end in new[] { Unfinished + NoAnswer, Detached })
        {
            if (text.EndsWith(end, StringComparison.Ordinal))
            {
                return text[..^end.Length] + NoAnswer;
            }
        }

        return text;
    }

    private static (int Thread, long Time, string Text) Head(string line)
    {
        var first = line.IndexOf(' ', StringComparison.Ordinal);
        var second = line.AsSpan(first).TrimStart();
        var gap = second.IndexOf(' ');
        var time = second[..gap];
        var point = time.IndexOf('.');
        var seconds = long.Parse(time[..point], CultureInfo.InvariantCulture);
        var nanoseconds = long.Parse(time[(point + 1)..], CultureInfo.InvariantCulture);
        return (
            int.Parse(line.AsSpan(0, first), CultureInfo.InvariantCulture),
            (seconds * 1_000_000_000) + nanoseconds,
            second[(gap + 1)..].ToString());
    }

    private static TracedCall Parse(int process, string text, long start, long? end)
    {
        var open = text.IndexOf('(', StringComparison.Ordinal);
        var arguments = new List<string>();
        var close = open + 1 + StraceText.SplitArguments(text.AsSpan(open + 1), arguments);
        var answer = text[(close + 1)..].TrimStart().TrimStart('=').Trim();
        long? result = answer[0] == '?' ? null : StraceText.Number(answer.Split(' ')[0]);
        var returned = result is null ? Interval.Never : end ?? start + Duration(answer);
        return new TracedCall(process, text[..open], arguments, result, new Interval(start, returned));
    }

    /// <summary>The seconds in angle brackets at the end.</summary>
    private static long Duration(string answer)
    {
        var seconds = answer[(answer.LastIndexOf('<') + 1)..^1];
        return (long)(decimal.Parse(seconds, CultureInfo.InvariantCulture) * 1_000_000_000);
    }
}
