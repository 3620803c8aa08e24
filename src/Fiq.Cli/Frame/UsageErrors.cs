using System.CommandLine;
using System.CommandLine.Parsing;

namespace Fiq.Cli.Frame;

/// <summary>Turns the parser's complaints into one sentence and where to read more.</summary>
internal static class UsageErrors
{
    /// <summary>The first thing that is wrong with a command line; null when nothing is.</summary>
    public static FiqException? First(ParseResult parse)
    {
        string? unknown = UnknownOption(parse) ?? (parse.UnmatchedTokens.Count > 0 ? parse.UnmatchedTokens[0] : null);
        if (unknown is not null) return Unknown(parse, unknown);
        // A command that only holds others shows its help when it stands alone; that is no error.
        ParseError? first = parse.Errors.FirstOrDefault(error => error.SymbolResult is not CommandResult);
        if (first is null) return null;
        string[] words = Words(first).Split('\n', 2);
        return new FiqException(ErrorCode.BadRequest, words[0], words.Length > 1 ? words[1] : See(parse));
    }

    /// <summary>
    /// A word with a dash is never data unless it follows <c>--</c>: the parser would take a mistyped option as a
    /// message.
    /// </summary>
    private static string? UnknownOption(ParseResult parse)
    {
        foreach (Token token in parse.CommandResult.Children.OfType<ArgumentResult>().SelectMany(child => child.Tokens))
            if (token.Value.Length > 1 && token.Value[0] == '-' && !IsBehindDoubleDash(parse, token))
                return token.Value;
        return null;
    }

    private static bool IsBehindDoubleDash(ParseResult parse, Token token)
    {
        foreach (Token each in parse.Tokens)
        {
            if (ReferenceEquals(each, token)) return false;
            if (each.Type == TokenType.DoubleDash) return true;
        }

        return false;
    }

    private static FiqException Unknown(ParseResult parse, string word)
    {
        bool option = word.StartsWith('-');
        Command command = parse.CommandResult.Command;
        IEnumerable<string> known = option ? OptionNames(command) : command.Subcommands.Select(child => child.Name);
        IReadOnlyList<string> similar = Similar.To(word.Split('=', ':')[0], known);
        string what = option ? "option" : command.Subcommands.Count > 0 ? "command" : "argument";
        string hint = similar.Count > 0 ? $"There is {string.Join(" and ", similar)}. {See(parse)}" : See(parse);
        if (option && command.Arguments.Count > 1) hint += " A message that begins with a dash goes behind --.";
        // Whoever leaves out the dashes most likely meant a command.
        if (!option && command is CliCommand { TakesCommand: true })
            hint = $"A command goes behind two dashes: -- COMMAND [ARG...]. {hint}";
        string shown = Printable.Escape(word);
        return new FiqException(ErrorCode.BadRequest, $"unknown {what} \"{shown}\"", hint);
    }

    private static IEnumerable<string> OptionNames(Command command)
    {
        for (Command? each = command; each is not null; each = each.Parents.OfType<Command>().FirstOrDefault())
            foreach (Option option in each.Options)
                if (each == command || option.Recursive) yield return option.Name;
    }

    private static string Words(ParseError error)
    {
        if (error.SymbolResult is not OptionResult option && error.SymbolResult?.Parent is not OptionResult)
            return error.SymbolResult is ArgumentResult { Tokens.Count: 0 } argument
                ? $"{argument.Argument.Name} is missing"
                : error.Message;
        option = (error.SymbolResult as OptionResult) ?? (OptionResult)error.SymbolResult.Parent!;
        if (option.Option.Arity.MaximumNumberOfValues == 0) return $"{option.Option.Name} takes no value";
        return option.Tokens.Count switch
        {
            0 => $"{option.Option.Name} needs a value",
            > 1 when option.Option.Arity.MaximumNumberOfValues == 1 => $"{option.Option.Name} is given more than once",
            _ => error.Message,
        };
    }

    private static string See(ParseResult parse) => $"See {HelpPage.FullName(parse.CommandResult.Command)} --help.";
}
