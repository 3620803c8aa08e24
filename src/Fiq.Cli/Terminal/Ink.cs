namespace Fiq.Cli.Terminal;

/// <summary>Colours for a person's eyes; nothing at all when they are off.</summary>
/// <param name="On">Whether to colour.</param>
internal readonly record struct Ink(bool On)
{
    /// <summary>What --color, NO_COLOR, TERM and the stream say together; the option has the last word.</summary>
    public static Ink Choose(string option, bool isTerminal, Func<string, string?> environment) => option switch
    {
        "always" => new Ink(true),
        "never" => new Ink(false),
        _ => new Ink(isTerminal && string.IsNullOrEmpty(environment("NO_COLOR")) && environment("TERM") != "dumb"),
    };

    public string Green(string text) => Paint("32", text);

    public string Red(string text) => Paint("31", text);

    public string Yellow(string text) => Paint("33", text);

    public string Bold(string text) => Paint("1", text);

    public string Dim(string text) => Paint("2", text);

    private string Paint(string code, string text) => On ? $"\e[{code}m{text}\e[0m" : text;
}
