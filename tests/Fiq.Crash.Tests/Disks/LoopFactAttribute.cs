using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>A test on a disk of its own; skipped, visibly, where none can be made.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class LoopFactAttribute : FactAttribute
{
    private static readonly bool Works = CanMount();

    /// <param name="tool">What else it needs; empty: nothing.</param>
    public LoopFactAttribute(string tool = "")
    {
        Tool = tool;
        Skip = !Works ? "needs root, a loop device, mkfs.ext4 and mount"
            : tool.Length > 0 && !Fiq.Cli.Tests.Scenarios.Tool.Succeeds(tool, "--version") ? $"needs {tool}"
            : null;
    }

    public string Tool { get; }

    private static bool CanMount()
    {
        if (!Environment.IsPrivilegedProcess)
        {
            return false;
        }

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
