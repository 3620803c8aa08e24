using Fiq.Engine;

namespace Fiq.Workers;

/// <summary>Work that came to a result, done or failed, and is neither written nor settled yet.</summary>
/// <param name="Delivery">The message.</param>
/// <param name="Worker">The worker, counted from 1; 0 when it was never handed to one.</param>
/// <param name="Elapsed">How long the work took.</param>
public readonly record struct WorkResult(Delivery Delivery, int Worker, TimeSpan Elapsed)
{
    /// <summary>Why it failed and what follows from that; null when it is done.</summary>
    public WorkFailure? Failure { get; init; }
}

/// <summary>How the pool let go of a delivery.</summary>
internal enum WorkOutcome
{
    /// <summary>The work came to a result, done or failed.</summary>
    Finished,

    /// <summary>It goes back because the run ends; others may take it.</summary>
    HandedBack,

    /// <summary>It goes back because it came too late or would wait too long; nobody needs to hear of it.</summary>
    Returned,

    /// <summary>Another consumer has it: nothing to write, nothing to settle.</summary>
    Lost,
}

/// <summary>The end of one claimed delivery; each claimed delivery has exactly one.</summary>
internal readonly record struct WorkEnd(WorkResult Result, WorkOutcome Outcome)
{
    /// <summary>What the engine is told.</summary>
    public Settlement Settlement
    {
        get
        {
            Delivery delivery = Result.Delivery;
            if (Outcome != WorkOutcome.Finished) return new Settlement(delivery, SettleOutcome.Release);
            if (Result.Failure is not { } failure)
                return new Settlement(delivery, SettleOutcome.Done) { Elapsed = Result.Elapsed };
            return new Settlement(delivery, failure.IsDead ? SettleOutcome.Dead : SettleOutcome.Retry)
            {
                Delay = failure.Delay,
                Error = failure.Error,
                Worker = Result.Worker,
            };
        }
    }
}
