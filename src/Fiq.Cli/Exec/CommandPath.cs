using System.Buffers;

namespace Fiq.Cli.Exec;

/// <summary>Whether a command is there, asked before any message is spent on it.</summary>
internal static class CommandPath
{
    private const int MayExecute = 1;

    private static readonly SearchValues<char> Plain = SearchValues.Create(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_./-");

    /// <summary>Whether a program of that name can be started, looked for as a shell would.</summary>
    public static bool Exists(string program, string? path)
    {
        if (program.Length == 0) return false;
        if (program.Contains('/', StringComparison.Ordinal)) return IsProgram(program);
        foreach (string folder in (path ?? "/usr/bin:/bin").Split(':'))
            if (IsProgram(folder.Length == 0 ? program : $"{folder}/{program}")) return true;
        return false;
    }

    /// <summary>The first word of a command line, if it is nothing but the name of a command; otherwise null.</summary>
    public static string? PlainWord(string command)
    {
        ReadOnlySpan<char> text = command.AsSpan().TrimStart();
        int length = text.IndexOfAnyExcept(Plain);
        if (length < 0) length = text.Length;
        if (length == 0 || text[0] == '-') return null;
        // Behind it a blank or the end of the command; a bracket would make it a function, an = a variable.
        return length == text.Length || text[length] is ' ' or '\t' or '\n' or ';' or '|' or '&'
            ? text[..length].ToString()
            : null;
    }

    /// <summary>
    /// Whether the shell finds a command of that name: a program, one of its own, or a word of its language.
    /// </summary>
    public static unsafe bool IsKnownToShell(string word)
    {
        // A small shell takes any file for a command if it is named with its path.
        if (word.Contains('/', StringComparison.Ordinal)) return IsProgram(word);
        using Microsoft.Win32.SafeHandles.SafeFileHandle nothing =
            File.OpenHandle("/dev/null", FileMode.Open, FileAccess.ReadWrite);
        using var words = new NativeWords(["sh", "-c", "command -v \"$1\"", "sh", word]);
        byte** list = words.List;
        int pid = new NativeEnvironment().With(
            [], environment => Spawner.Start(list, environment, nothing, nothing, nothing));
        return ChildCalls.Wait(pid, out int status, 0) != pid || status == 0;
    }

    private static bool IsProgram(string path) => File.Exists(path) && ChildCalls.Access(path, MayExecute) == 0;
}
