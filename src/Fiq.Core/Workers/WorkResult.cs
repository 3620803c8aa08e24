using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>Work that was done and is neither written nor settled yet.</summary>
/// <param name="Delivery">The message.</param>
/// <param name="Worker">The worker, counted from 1.</param>
/// <param name="Elapsed">How long the work took.</param>
public readonly record struct WorkResult(Delivery Delivery, int Worker, TimeSpan Elapsed);

/// <summary>How the pool let go of a delivery.</summary>
internal enum WorkOutcome
{
    /// <summary>The work was done.</summary>
    Done,

    /// <summary>It goes back because the run ends; others may take it.</summary>
    HandedBack,

    /// <summary>It goes back because it came too late or would wait too long; nobody needs to hear of it.</summary>
    Returned,

    /// <summary>Another consumer has it: nothing to write, nothing to settle.</summary>
    Lost,
}

/// <summary>The end of one claimed delivery; each claimed delivery has exactly one.</summary>
internal readonly record struct WorkEnd(WorkResult Result, WorkOutcome Outcome);
