namespace Fiq.Simulation.Machine;

/// <summary>The process died here: nothing it does from now on reaches the world.</summary>
internal sealed class KilledException : Exception
{
    public KilledException()
        : base("killed")
    {
    }
}
