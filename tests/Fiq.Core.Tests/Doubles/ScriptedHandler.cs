using System.Collections.Concurrent;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Tests.Doubles;

/// <summary>Work that does what the test says, and remembers which attempts it was given.</summary>
internal sealed class ScriptedHandler(Func<Delivery, CancellationToken, Task> work) : IMessageHandler
{
    private readonly ConcurrentQueue<(long Offset, int Attempt)> _attempts = new();

    public IReadOnlyList<(long Offset, int Attempt)> Attempts => [.. _attempts];

    public static ScriptedHandler Throwing(Func<Delivery, Exception?> failure) =>
        new((delivery, _) => failure(delivery) is { } thrown ? Task.FromException(thrown) : Task.CompletedTask);

    public async ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation)
    {
        _attempts.Enqueue((delivery.Offset, delivery.Attempt));
        await work(delivery, cancellation);
    }
}

/// <summary>Chance that always falls the same way.</summary>
internal sealed class FixedRandom(double share) : Random
{
    public override double NextDouble() => share;
}
