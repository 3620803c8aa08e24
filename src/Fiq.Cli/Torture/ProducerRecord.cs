namespace Fiq.Cli.Torture;

/// <summary>What the ledger knows of one producer process. Owned by the ledger, under its lock.</summary>
internal sealed class ProducerRecord
{
    /// <summary>Messages below this number were given to it.</summary>
    public long Given { get; set; }

    /// <summary>The number that its next acknowledgement must have.</summary>
    public long NextAcked { get; set; }

    /// <summary>The number that its next message in the log must have.</summary>
    public long NextStored { get; set; }

    /// <summary>Where messages stand that the ledger forgot before their acknowledgement was read.</summary>
    public Dictionary<long, long> NotYetAcked { get; } = [];

    /// <summary>Whether all that it said has been read.</summary>
    public bool IsOver { get; set; }

    /// <summary>How often the log was looked at since then.</summary>
    public int LooksSince { get; set; }

    /// <summary>Where the log ended long after its death: behind it none of its messages may appear.</summary>
    public long LastPossible { get; set; } = long.MaxValue;
}
