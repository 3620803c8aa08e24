namespace Fiq.Cli.Terminal;

/// <summary>The reader of stdout has gone (EPIPE): the command ends quietly with 141.</summary>
internal sealed class OutputClosedException : IOException
{
    public OutputClosedException()
        : base("stdout is closed")
    {
    }
}
