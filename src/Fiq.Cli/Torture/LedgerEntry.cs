namespace Fiq.Cli.Torture;

/// <summary>What the ledger knows of one offset.</summary>
internal sealed class LedgerEntry(int groups)
{
    /// <summary>The message; the default when nobody has named it yet.</summary>
    public TortureKey Key { get; set; }

    /// <summary>Whether a producer named it.</summary>
    public bool IsAcked { get; set; }

    /// <summary>For each group, the consumer that printed it last; 0 while none has.</summary>
    public int[] Consumers { get; } = new int[groups];

    public bool IsKnown => Key.Producer != 0;
}
