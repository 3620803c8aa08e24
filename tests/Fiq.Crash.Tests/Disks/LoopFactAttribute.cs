using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A test on a disk of its own; skipped, visibly, where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LoopFactAttribute : FactAttribute
{
    /// <param name="needs">A tool that it needs besides; empty: none.</param>
    public LoopFactAttribute(string needs = "")
    {
        Needs = needs;
        Skip = LoopSupport.Obstacle
            ?? (needs.Length > 0 && !Tool.Succeeds("sh", "-c", $"command -v {needs}") ? $"needs {needs}" : null);
    }

    public string Needs { get; }
}

/// <summary>The same for several cases.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LoopTheoryAttribute : TheoryAttribute
{
    public LoopTheoryAttribute()
    {
        Skip = LoopSupport.Obstacle;
    }
}

internal static class LoopSupport
{
    /// <summary>Why no disk can be made here; null: one can.</summary>
    public static string? Obstacle { get; } = Works() ? null : "needs root, a loop device, mkfs.ext4 and mount";

    private static bool Works()
    {
        try
        {
            using var disk = LoopDisk.Create(8);
            return true;
        }
        catch (InvalidOperationException)
        {
            return false; // a tool is missing, or not allowed here
        }
    }
}
