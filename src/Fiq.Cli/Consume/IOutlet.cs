namespace Fiq.Cli.Consume;

/// <summary>Where the bytes of results leave this process. One thread at a time.</summary>
internal interface IOutlet
{
    /// <summary>Whether bytes that were written are not yet with their reader, as in a pipe.</summary>
    bool Holds { get; }

    /// <summary>
    /// Hands over as many bytes as are taken without waiting; 0 when none. Throws
    /// <see cref="Terminal.OutputClosedException"/> when the reader has gone.
    /// </summary>
    int Write(ReadOnlySpan<byte> bytes);

    /// <summary>How many of the bytes written nobody has read yet, and whether the reader has gone.</summary>
    (long Unread, bool IsClosed) Look();
}
