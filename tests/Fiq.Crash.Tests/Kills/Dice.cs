using System.Globalization;

namespace Fiq.Crash.Tests.Kills;

/// <summary>
/// Chance with a seed. What it draws repeats; where a signal falls in a process's life is up to the machine.
/// </summary>
internal static class Dice
{
    private const string Variable = "FIQ_CRASH_SEED";

    public static int Seed { get; } =
        int.TryParse(Environment.GetEnvironmentVariable(Variable), NumberStyles.None, null, out var seed)
            ? seed
            : 20_261_126;

    /// <summary>The line that draws the same once more.</summary>
    public static string Repeat => $"{Variable}={Seed} repeats the draws";

    /// <summary>One for each actor, so that none depends on the pace of another.</summary>
    public static Random For(int actor) => new(unchecked((Seed * 31) + actor));
}
