using System.Diagnostics;

namespace Fiq.Cli.Processes;

/// <summary>
/// How fiq starts itself. Words that begin with <c>_</c> are roles that no help shows: nobody but fiq asks for them.
/// </summary>
internal static class OwnProgram
{
    /// <summary>The doctor's second process: <c>_partner FOLDER</c>.</summary>
    public const string Partner = "_partner";

    /// <summary>A command that ends with the process that started it: <c>_leashed PID COMMAND…</c>.</summary>
    public const string Leashed = "_leashed";

    private const string SharedHost = "dotnet";

    /// <summary>A start of this very program with other arguments; its input and output are ours.</summary>
    public static ProcessStartInfo StartOf(params IEnumerable<string> arguments)
    {
        string program = Environment.ProcessPath
            ?? throw new FiqException(ErrorCode.Failed, "it can't be known which program this process runs");
        string[] host = Path.GetFileName(program) == SharedHost ? [Environment.GetCommandLineArgs()[0]] : [];
        return new ProcessStartInfo(program, [.. host, .. arguments])
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            UseShellExecute = false,
        };
    }
}
