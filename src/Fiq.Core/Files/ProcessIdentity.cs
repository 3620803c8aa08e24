using System.Globalization;

namespace Fiq.Files;

/// <summary>
/// Which process this is: its id and when it started, in clock ticks since boot. Goes into shared pages so that
/// messages can name a holder; nothing is decided by it, because ids are used again.
/// </summary>
internal readonly record struct ProcessIdentity(int Pid, ulong StartTicks)
{
    // Field 22 of /proc/self/stat; counted from the state, field 3, the first one behind the command.
    private const int StartIndex = 22 - 3;

    private static readonly Lazy<ProcessIdentity> Own = new(ReadOwn);

    /// <summary>This process.</summary>
    public static ProcessIdentity Current => Own.Value;

    /// <summary>The start time in the text of a stat file; 0 when it is not there.</summary>
    internal static ulong StartTicksOf(string stat)
    {
        // The command stands in parentheses and may hold blanks and parentheses itself.
        string[] fields = stat[(stat.LastIndexOf(')') + 1)..].Split(' ', StringSplitOptions.RemoveEmptyEntries);
        return fields.Length > StartIndex
            && ulong.TryParse(fields[StartIndex], NumberStyles.None, CultureInfo.InvariantCulture, out ulong ticks)
                ? ticks
                : 0;
    }

    private static ProcessIdentity ReadOwn() =>
        new(Environment.ProcessId, StartTicksOf(File.ReadAllText("/proc/self/stat")));
}
