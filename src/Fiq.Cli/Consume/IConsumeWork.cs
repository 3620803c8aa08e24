using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>What a run of <c>fiq consume</c> does with its messages, and where it says so.</summary>
internal interface IConsumeWork : IAsyncDisposable
{
    IMessageHandler Handler { get; }

    IResultWriter Results { get; }

    /// <summary>Whether stdout had to be given up although the run itself did not notice.</summary>
    bool OutputWasClosed { get; }

    /// <summary>The run begins; <paramref name="stop"/> ends it gently.</summary>
    void Begin(Action stop);

    /// <summary>
    /// The run has ended: waits until all that was said is out, but not once <paramref name="now"/> is there.
    /// </summary>
    ValueTask EndAsync(Task now);
}
