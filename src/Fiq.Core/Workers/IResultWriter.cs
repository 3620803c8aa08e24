namespace Fiq.Workers;

/// <summary>
/// Where results go. It alone knows how much of what was written has arrived, and only what has arrived is settled.
/// Called by one thread at a time.
/// </summary>
public interface IResultWriter
{
    /// <summary>Whether <see cref="FlushAsync"/> should come before the next <see cref="Write"/>.</summary>
    bool IsFull { get; }

    /// <summary>Fires when the receiver has gone, where that can be seen without writing.</summary>
    CancellationToken Gone { get; }

    /// <summary>Puts one result, done or failed, behind those before it. Does no input or output.</summary>
    void Write(in WorkResult result);

    /// <summary>
    /// Passes on what was written, as far as the receiver takes it now: it does not wait for a slow one but is called
    /// again soon. Says how much has arrived.
    /// </summary>
    ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation);
}

/// <summary>How far a writer has come.</summary>
/// <param name="Arrived">How many results, counted from the first of the run, have arrived.</param>
/// <param name="IsClosed">The receiver has gone: nothing more will arrive.</param>
public readonly record struct WriterProgress(long Arrived, bool IsClosed);
