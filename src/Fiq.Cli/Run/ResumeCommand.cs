using System.Buffers;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Run;

/// <summary>The command line that goes on with a run, as a shell reads it.</summary>
internal static class ResumeCommand
{
    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-:=,@%+");

    /// <summary>The same command, with the name of its queue, and without an option that would begin anew.</summary>
    public static string Of(Invocation invocation, string command, QueueName queue, bool isNamed, string? without)
    {
        var words = new List<string> { "fiq" };
        bool isCommandFound = false;
        foreach (string word in invocation.Words)
        {
            if (word == without) continue;
            words.Add(Quote(word));
            if (isCommandFound || word != command) continue;
            isCommandFound = true;
            if (!isNamed) words.Add(queue.ToString());
        }

        if (invocation.CommandWords is { } behind) words.AddRange(["--", .. behind.Select(Quote)]);
        return string.Join(' ', words) + " < the same input";
    }

    private static string Quote(string word) => word.Length > 0 && word.AsSpan().IndexOfAnyExcept(Plain) < 0
        ? word
        : $"'{word.Replace("'", "'\\''", StringComparison.Ordinal)}'";
}
