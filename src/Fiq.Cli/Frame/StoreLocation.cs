namespace Fiq.Cli.Frame;

/// <summary>Where the queues are: a folder, found by the rules that every command shares.</summary>
/// <param name="Path">The folder's absolute path.</param>
/// <param name="Display">The same as a person writes it, with <c>~</c> for the home folder.</param>
internal sealed record StoreLocation(string Path, string Display)
{
    private static readonly string[] SchemesNotBuilt = ["http://", "https://", "amqp://", "amqps://"];

    /// <summary>
    /// The option, then FIQ_STORE, $STATE_DIRECTORY (the first, when systemd gives several), $XDG_DATA_HOME/fiq and
    /// ~/.local/share/fiq: two terminals in different folders meet in the same place.
    /// </summary>
    public static StoreLocation Resolve(string? option, Func<string, string?> environment)
    {
        if (option is { Length: 0 })
            throw OptionKinds.Wrong("--store is empty", "Name a folder: --store FOLDER.");
        string? home = NotEmpty(environment("HOME"));
        string given = NotEmpty(option)
            ?? NotEmpty(environment("FIQ_STORE"))
            ?? NotEmpty(environment("STATE_DIRECTORY")?.Split(':')[0])
            ?? Below(NotEmpty(environment("XDG_DATA_HOME")), "fiq")
            ?? Below(home, ".local/share/fiq")
            ?? throw OptionKinds.Wrong("there is no place for the queues: HOME is not set", "Use --store FOLDER.");
        foreach (string scheme in SchemesNotBuilt)
            if (given.StartsWith(scheme, StringComparison.OrdinalIgnoreCase))
                throw OptionKinds.Wrong(
                    $"a store at {scheme} is not built into this version", "Use a folder: --store FOLDER.");
        string path = System.IO.Path.TrimEndingDirectorySeparator(System.IO.Path.GetFullPath(given));
        return new StoreLocation(path, Shorten(path, home));
    }

    private static string? NotEmpty(string? text) => string.IsNullOrEmpty(text) ? null : text;

    private static string? Below(string? folder, string name) =>
        folder is null ? null : System.IO.Path.Combine(folder, name);

    private static string Shorten(string path, string? home)
    {
        if (home is null || home == "/") return Printable.Escape(path);
        string prefix = System.IO.Path.TrimEndingDirectorySeparator(home);
        if (path == prefix) return "~";
        return Printable.Escape(path.StartsWith(prefix + "/", StringComparison.Ordinal)
            ? "~" + path[prefix.Length..]
            : path);
    }
}
