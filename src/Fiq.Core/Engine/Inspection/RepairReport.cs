namespace Fiq.Engine.Inspection;

/// <summary>One thing that a repair does, or would do.</summary>
/// <param name="File">The file, as named in the queue's folder.</param>
/// <param name="What">What happens to it, in words.</param>
/// <param name="Evidence">The name under which the damaged file is kept; null when there is nothing to keep.</param>
public sealed record RepairStep(string File, string What, string? Evidence);

/// <summary>What a repair did, or would do.</summary>
/// <param name="Found">What was wrong.</param>
/// <param name="Steps">What is done about it, in order; empty when nothing is damaged.</param>
/// <param name="IsDone">Whether it was done; false for a dry run, and when there was nothing to do.</param>
public sealed record RepairReport(QueueInspection Found, IReadOnlyList<RepairStep> Steps, bool IsDone)
{
    /// <summary>How many messages are lost for good.</summary>
    public long Lost => Found.Damages.Sum(damage => damage.Messages);

    /// <summary>How many of them all groups had settled already.</summary>
    public long LostAndSettled => Found.Damages.Sum(damage => damage.Settled);
}
