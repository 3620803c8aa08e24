using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Messages that one call wants to append, all or none, and what became of them; or, without messages, how far their
/// producer has come.
/// </summary>
/// <param name="messages">The messages.</param>
/// <param name="overhead">Bytes of each record beyond the message's own.</param>
internal sealed class AppendRequest(IReadOnlyList<Message> messages, int overhead = 0)
{
    private readonly TaskCompletionSource<Stored> _completion =
        new(TaskCreationOptions.RunContinuationsAsynchronously);

    public IReadOnlyList<Message> Messages { get; } = messages;

    /// <summary>How far the producer has come, of a request that is about that; otherwise null.</summary>
    public (ulong Sequence, ReadOnlyMemory<byte> Note)? Move { get; init; }

    public long Bytes { get; } = messages.Sum(message => (long)RecordCodec.SizeOf(message) + overhead);

    public Task<Stored> Task => _completion.Task;

    public void Complete(Stored stored) => _completion.TrySetResult(stored);

    public void Fail(Exception error) => _completion.TrySetException(error);
}

/// <summary>Where the messages of a request are.</summary>
/// <param name="FirstOffset">The offset of the first, when all were appended one behind the other.</param>
/// <param name="Each">The place of each, when some were there before; otherwise null.</param>
internal readonly record struct Stored(long FirstOffset, Acknowledgement[]? Each)
{
    public Acknowledgement At(int index) =>
        Each?[index] ?? new Acknowledgement(FirstOffset + index, Durability.Synced, Duplicate: false);
}
