using Fiq.Files;

namespace Fiq.Simulation.Machine;

/// <summary>A call to the simulated system, by its name, and the file that it is about.</summary>
internal readonly record struct SystemCall(string Name, string File);

/// <summary>
/// What goes wrong for one process: when it dies or is stopped, and which calls fail. Counted in effects (stores into
/// shared pages, and calls that change something), so every place between two of them can be reached.
/// </summary>
internal sealed class FaultPlan
{
    /// <summary>How many more effects happen before the process dies; null: it lives.</summary>
    public long? EffectsLeft { get; set; }

    /// <summary>How many more effects happen before the process is stopped, and for how long; null: never.</summary>
    public (long EffectsLeft, TimeSpan Time)? Stop { get; set; }

    /// <summary>The error of a call; none when it works.</summary>
    public Func<SystemCall, Errno> ErrorOf { get; set; } = _ => Errno.None;

    /// <summary>Effects so far.</summary>
    public long Effects { get; private set; }

    /// <summary>Counts one effect; true when the process dies before it.</summary>
    public bool CountDies()
    {
        if (EffectsLeft is 0) return true;
        EffectsLeft--;
        Effects++;
        return false;
    }

    /// <summary>Counts one effect; the time for which the process is stopped behind it, or null.</summary>
    public TimeSpan? CountStops()
    {
        if (Stop is not var (effects, time)) return null;
        Stop = effects > 0 ? (effects - 1, time) : null;
        return effects > 0 ? null : time;
    }
}
