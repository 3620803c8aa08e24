using System.CommandLine;
using System.Text;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Frame;

/// <summary>Help: what it does, examples, then arguments and options with their defaults and units.</summary>
internal static class HelpPage
{
    /// <summary>What <c>fiq</c> alone prints.</summary>
    public const string Greeting =
        """
        fiq is a durable message queue in a folder: what it acknowledges is on disk.

          fiq demo                             see it work, in a temporary folder
          fiq produce orders                   type key:message:seconds, such as a1:hello:2
          fiq consume orders --workers 4       work on them, in another terminal

        fiq --help shows every command.

        """;

    private const int WidthMin = 60;
    private const int WidthMax = 100;

    /// <summary>Prints a command's page on stdout.</summary>
    public static ExitCode Write(Streams streams, Command command, Command root)
    {
        int width = Math.Clamp(streams.Width, WidthMin, WidthMax);
        streams.Output.Write(Format(command, root, width));
        return ExitCode.Done;
    }

    /// <summary>The command as typed, such as <c>fiq queue show</c>.</summary>
    public static string FullName(Command command)
    {
        Command? parent = command.Parents.OfType<Command>().FirstOrDefault();
        return parent is null ? "fiq" : $"{FullName(parent)} {command.Name}";
    }

    public static string Format(Command command, Command root, int width)
    {
        var page = new StringBuilder();
        if (command is CliCommand { Examples.Count: > 0 } shown)
        {
            foreach (string example in shown.Examples) page.Append("  ").Append(example).Append('\n');
            page.Append('\n');
        }

        page.Append(Wrap(command.Description ?? "", width, 0));
        page.Append("\n\nUsage: ").Append(Usage(command)).Append('\n');
        Section(page, "Commands", command.Subcommands.Select(child => (child.Name, FirstSentence(child))), width);
        Section(page, "Arguments", command.Arguments.Select(each => (each.Name, each.Description ?? "")), width);
        if (command != root) Section(page, "Options", command.Options.Select(Row), width);
        IEnumerable<Option> common = root.Options.Where(each => each.Recursive || command == root);
        Section(page, "Common options", common.Select(Row), width);
        return page.ToString();
    }

    private static string Usage(Command command)
    {
        var usage = new StringBuilder(FullName(command));
        if (command.Subcommands.Count > 0) usage.Append(" COMMAND");
        foreach (Argument argument in command.Arguments)
        {
            string dots = argument.Arity.MaximumNumberOfValues > 1 ? "..." : "";
            bool optional = argument.Arity.MinimumNumberOfValues == 0;
            usage.Append(optional ? $" [{argument.Name}{dots}]" : $" {argument.Name}{dots}");
        }

        usage.Append(" [options]");
        if (command is CliCommand { TakesCommand: true }) usage.Append(" [-- COMMAND [ARG...]]");
        return usage.ToString();
    }

    private static string FirstSentence(Command command)
    {
        string text = command.Description ?? "";
        int end = text.IndexOf(". ", StringComparison.Ordinal);
        return end < 0 ? text : text[..(end + 1)];
    }

    private static (string Left, string Right) Row(Option option)
    {
        string aliases = string.Concat(option.Aliases.Order(StringComparer.Ordinal).Select(alias => alias + ", "));
        string value = option.HelpName is null ? "" : " " + option.HelpName;
        return (aliases + option.Name + value, option.Description ?? "");
    }

    private static void Section(
        StringBuilder page, string title, IEnumerable<(string Left, string Right)> rows, int width)
    {
        var all = rows.ToList();
        if (all.Count == 0) return;
        page.Append('\n').Append(title).Append(":\n");
        int indent = Math.Min(all.Max(row => row.Left.Length), 28) + 4;
        foreach ((string left, string right) in all)
        {
            page.Append("  ").Append(left);
            if (left.Length > indent - 4) page.Append('\n').Append(' ', indent);
            else page.Append(' ', indent - left.Length - 2);
            page.Append(Wrap(right, width - indent, indent)).Append('\n');
        }
    }

    private static string Wrap(string text, int width, int indent)
    {
        var wrapped = new StringBuilder();
        int column = 0;
        foreach (string word in text.Split(' '))
        {
            if (column > 0 && column + 1 + word.Length > width)
            {
                wrapped.Append('\n').Append(' ', indent);
                column = 0;
            }

            if (column > 0) wrapped.Append(' ');
            wrapped.Append(word);
            column += word.Length + 1;
        }

        return wrapped.ToString();
    }
}
