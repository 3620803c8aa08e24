namespace Fiq.Simulation.Persistence;

/// <summary>In what kinds of disk and file system differ as to what a sync promises.</summary>
/// <param name="SyncsOwnName">A file's sync makes its creation durable, too, as ext4, XFS and btrfs do (P3x).</param>
/// <param name="SplitsRenames">A rename is two steps that reach the disk one by one (P5b).</param>
/// <param name="Lies">How often a sync that returns 0 has done nothing, from 0 to 1 (P7).</param>
internal sealed record DiskRules(bool SyncsOwnName = false, bool SplitsRenames = false, double Lies = 0)
{
    /// <summary>A file's sync says nothing about its name, renames are one step, no sync lies.</summary>
    public static DiskRules Strict { get; } = new();
}
