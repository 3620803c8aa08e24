using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>A process's way into a queue of a folder.</summary>
internal sealed class FolderProducer(
    QueueFolder folder, QueueLog log, bool created, TimeProvider time, ProducerOptions options) : IQueueProducer
{
    // Dead letters have their room set aside, and are in no limit.
    private readonly Appender _appender =
        new(log, time, options.StopAtFailure, folder.Name.IsDead ? null : new AppendGate(folder, log, time));

    public QueueName Queue => folder.Name;

    public bool QueueCreated => created;

    public int MessageBytesMax => folder.Settings.Limits.MessageBytesMax ?? Message.BodySizeMax;

    public async ValueTask<IReadOnlyList<Acknowledgement>> ProduceAsync(
        IReadOnlyList<Message> messages, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (messages.Count == 0) return [];
        foreach (Message message in messages) Check(message);
        if (options.StoreWhatFits && messages.Count > 1 && folder.Settings.AreLimited)
            return await StoreEachAsync(messages).ConfigureAwait(false);
        long offset = await _appender.AppendAsync(messages).ConfigureAwait(false);
        var acknowledgements = new Acknowledgement[messages.Count];
        for (int i = 0; i < acknowledgements.Length; i++)
            acknowledgements[i] = new Acknowledgement(offset + i, Durability.Synced, Duplicate: false);
        return acknowledgements;
    }

    public ValueTask DisposeAsync()
    {
        _appender.Dispose();
        log.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<Acknowledgement>> StoreEachAsync(IReadOnlyList<Message> messages)
    {
        var stored = new List<Acknowledgement>(messages.Count);
        try
        {
            foreach (Task<long> offset in _appender.AppendEach(messages))
                stored.Add(new Acknowledgement(
                    await offset.ConfigureAwait(false), Durability.Synced, Duplicate: false));
            return stored;
        }
        catch (FiqException error) when (stored.Count > 0)
        {
            throw new PartlyStoredException(error, stored);
        }
    }

    // Nothing of a request may reach the disk before all of it is known to be storable.
    private void Check(Message message)
    {
        if (message.Body.Length > MessageBytesMax)
            throw new FiqException(
                ErrorCode.MessageTooLarge,
                $"the message has {message.Body.Length} bytes; queue \"{Queue}\" takes at most {MessageBytesMax}",
                "Store large content elsewhere and send its name.")
            {
                Queue = Queue.ToString(),
            };
        if (message.ProcessingMicroseconds is < 0 or > Message.ProcessingMicrosecondsMax)
            throw new FiqException(ErrorCode.BadRequest, "a processing time must be between 0 and 86400 seconds");
        if (message.Priority is < 0 or > Message.PriorityMax)
            throw new FiqException(ErrorCode.BadRequest, $"a priority must be between 0 and {Message.PriorityMax}");
        if (message.NotBeforeMicroseconds < 0)
            throw new FiqException(ErrorCode.BadRequest, "a not-before time must not lie before 1970");
    }
}
