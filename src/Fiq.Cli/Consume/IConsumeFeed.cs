namespace Fiq.Cli.Consume;

/// <summary>Whatever brings a run its messages while it works on them.</summary>
internal interface IConsumeFeed
{
    /// <summary>The run begins; <paramref name="stop"/> ends it gently, when nothing more can be brought.</summary>
    void Begin(Action stop);

    /// <summary>The run is to end: brings nothing more. Safe from any thread, more than once.</summary>
    void Stop();

    /// <summary>The run has ended: brings nothing more, and says what is to be added to its summary.</summary>
    ValueTask<string> EndAsync();
}
