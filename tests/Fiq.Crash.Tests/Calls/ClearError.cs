using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Calls;

/// <summary>Whether a process that could not do its work says so in words, as an error of fiq.</summary>
internal static class ClearError
{
    // Damage (7) is among them only where bytes could not be read, and that is what was said: another call that fails
    // once is no reason to say that stored bytes are lost.
    private const int Damaged = 7;
    private const string Unreadable = "it can't be read";

    private static readonly int[] Exits = [0, 1, 4, 5, 6, 8];

    private static readonly string[] NotWords =
        ["Unhandled exception", "\n   at ", "unforeseen", "Could not load", "CoreCLR"];

    public static IReadOnlyList<string> Faults(FiqResult result)
    {
        var faults = NotWords.Where(words => result.Errors.Text.Contains(words, StringComparison.Ordinal))
            .Select(words => $"its error says \"{words.Trim()}\"")
            .ToList();
        bool unreadable = result.ExitCode == Damaged
            && result.Errors.Text.Contains(Unreadable, StringComparison.Ordinal);
        if (!Exits.Contains(result.ExitCode) && !unreadable)
        {
            faults.Add($"its exit status is {result.ExitCode}");
        }

        if (result.ExitCode != 0 && !result.Errors.Lines.Any(line => line.StartsWith("fiq: ", StringComparison.Ordinal)
            || line.StartsWith("{\"error\"", StringComparison.Ordinal)))
        {
            faults.Add("it says no error");
        }

        return faults;
    }
}
