namespace Fiq.Cli.Tests.Processes;

/// <summary>Lines of a shell around the real binary, which they call <c>fiq</c>.</summary>
internal static class Scripts
{
    private static readonly string Path = PathTo(FiqBinary.Counted);

    /// <summary>A bash script, on three pipes.</summary>
    public static FiqCommand Bash(TemporaryStore store, string script) =>
        new(store.Path, "-c", $"{Path}\n{script}") { Binary = "/bin/bash" };

    /// <summary>
    /// A bash script on a terminal of its own, with job control as for a person; both streams arrive on stdout, and
    /// what is written to stdin is typed.
    /// </summary>
    public static FiqCommand Terminal(TemporaryStore store, string script)
    {
        string file = System.IO.Path.Combine(store.Path, $"_{Guid.NewGuid():N}.sh");
        File.WriteAllText(file, $"{PathTo(FiqBinary.Plain)}\nexport NO_COLOR=1\nstty -echo\n{script}\n");
        return new FiqCommand(store.Path, "-qec", $"bash {file}", "/dev/null") { Binary = "/usr/bin/script" };
    }

    private static string PathTo(string binary) => $"PATH='{System.IO.Path.GetDirectoryName(binary)}':$PATH";
}
