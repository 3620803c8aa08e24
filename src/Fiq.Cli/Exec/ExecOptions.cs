using Fiq.Cli.Frame;

namespace Fiq.Cli.Exec;

/// <summary>Which command works on the messages, and how.</summary>
/// <param name="Words">What /bin/sh is started with, the program first.</param>
/// <param name="Tag">Whether each line of a command begins with its message's key.</param>
internal sealed record ExecOptions(IReadOnlyList<string> Words, bool Tag)
{
    /// <summary>
    /// The child waits for one line on its stdin before it begins: until then the guardian may not know it. A shell
    /// reads a pipe byte by byte, so the body behind that line is left to the command.
    /// </summary>
    private const string Wait = "read -r _ || exit 255";

    /// <summary>A command line, for the shell to read.</summary>
    public static ExecOptions Shell(string command, bool tag)
    {
        if (string.IsNullOrWhiteSpace(command))
            throw OptionKinds.Wrong("--exec is empty", "Such as --exec 'mail -s news'.");
        if (CommandPath.PlainWord(command) is { } word && !CommandPath.IsKnownToShell(word))
            throw Missing(word);
        return new ExecOptions(["sh", "-c", $"{Wait}\n{command}"], tag);
    }

    /// <summary>A program and its arguments, as they are.</summary>
    public static ExecOptions Program(IReadOnlyList<string> words, string? path, bool tag)
    {
        if (words.Count == 0) throw OptionKinds.Wrong("no command stands behind --", "Such as -- mail -s news.");
        if (!CommandPath.Exists(words[0], path)) throw Missing(words[0]);
        return new ExecOptions(["sh", "-c", $"{Wait}; exec \"$@\"", "sh", .. words], tag);
    }

    /// <summary>Found here it costs nothing; found by the messages it would cost each of them its attempts.</summary>
    private static FiqException Missing(string word) => OptionKinds.Wrong(
        $"there is no command \"{Printable.Escape(word)}\"", "Nothing was taken. Is it installed, and executable?");
}
