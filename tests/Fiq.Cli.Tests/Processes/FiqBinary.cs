using System.Reflection;

namespace Fiq.Cli.Tests.Processes;

/// <summary>Where the program is that a test starts.</summary>
internal static class FiqBinary
{
    /// <summary>
    /// The one beside the tests. When coverage is measured it counts what its processes run, and is slower. Never on a
    /// terminal of its own: what it counts is written under a mutex of the session, and a terminal is another session,
    /// so two that end at once meet in one file and one of them aborts.
    /// </summary>
    public static string Counted { get; } = Path.Combine(AppContext.BaseDirectory, "fiq");

    /// <summary>The one that was built, as it is: for whatever measures time or runs many processes.</summary>
    public static string Plain { get; } = typeof(FiqBinary).Assembly
        .GetCustomAttributes<AssemblyMetadataAttribute>()
        .Single(attribute => attribute.Key == "PlainBinary").Value!;

    /// <summary>Where the run-time is that runs the tests: the binary finds it there.</summary>
    public static string DotnetRoot { get; } = Path.GetFullPath(
        Path.Combine(Path.GetDirectoryName(typeof(object).Assembly.Location)!, "..", "..", ".."));
}
