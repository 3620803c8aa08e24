using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>A process's way into a queue of a folder.</summary>
internal sealed class FolderProducer(
    QueueFolder folder,
    QueueLog log,
    bool created,
    TimeProvider time,
    ProducerOptions options,
    NamedProducer? named,
    KeyWindow? keys) : IQueueProducer
{
    // Dead letters have their room set aside, and are in no limit.
    private readonly Appender _appender = new(
        log, time, options, folder.Name.IsDead ? null : new AppendGate(folder, log, time), named, keys);

    public QueueName Queue => folder.Name;

    public bool QueueCreated => created;

    public int MessageBytesMax => folder.Settings.Limits.MessageBytesMax ?? Message.BodySizeMax;

    public async ValueTask<IReadOnlyList<Acknowledgement>> ProduceAsync(
        IReadOnlyList<Message> messages, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (messages.Count == 0) return [];
        ulong sequence = 0;
        foreach (Message message in messages)
        {
            Check(message);
            CheckSequence(message, sequence);
            sequence = message.Sequence;
        }

        if (options.StoreWhatFits && messages.Count > 1 && folder.Settings.AreLimited)
            return await StoreEachAsync(messages).ConfigureAwait(false);
        Stored stored = await _appender.AppendAsync(messages).ConfigureAwait(false);
        if (stored.Each is not null) return stored.Each;
        var acknowledgements = new Acknowledgement[messages.Count];
        for (int i = 0; i < acknowledgements.Length; i++) acknowledgements[i] = stored.At(i);
        return acknowledgements;
    }

    public ValueTask<ProducerPosition> FindPositionAsync(CancellationToken cancellation) =>
        new(named?.Last ?? default);

    public async ValueTask MoveToAsync(
        ulong sequence, ReadOnlyMemory<byte> note, CancellationToken cancellation)
    {
        cancellation.ThrowIfCancellationRequested();
        if (named is null) throw new FiqException(ErrorCode.BadRequest, "a position needs a producer with a name");
        CheckNote(note);
        await _appender.MoveAsync(sequence, note).ConfigureAwait(false);
    }

    public ValueTask DisposeAsync()
    {
        _appender.Dispose();
        keys?.Dispose();
        log.Dispose();
        folder.Dispose();
        return ValueTask.CompletedTask;
    }

    private async Task<IReadOnlyList<Acknowledgement>> StoreEachAsync(IReadOnlyList<Message> messages)
    {
        var stored = new List<Acknowledgement>(messages.Count);
        try
        {
            foreach (Task<Stored> place in _appender.AppendEach(messages))
                stored.Add((await place.ConfigureAwait(false)).At(0));
            return stored;
        }
        catch (FiqException error) when (stored.Count > 0)
        {
            throw new PartlyStoredException(error, stored);
        }
    }

    // Out of order within a request one would be taken for a duplicate of the other, and lost without a word.
    private void CheckSequence(Message message, ulong before)
    {
        if (named is null && (message.Sequence > 0 || !message.ProducerNote.IsEmpty))
            throw new FiqException(ErrorCode.BadRequest, "a message with a sequence needs a producer with a name");
        if (named is not null && message.Sequence <= before)
            throw new FiqException(
                ErrorCode.BadRequest,
                $"sequence {message.Sequence} of producer \"{Printable.Escape(named.Name.ToString())}\" does not "
                    + $"follow {before}",
                "A named producer gives each message a sequence larger than those before, from 1 on.");
        CheckNote(message.ProducerNote);
    }

    private static void CheckNote(ReadOnlyMemory<byte> note)
    {
        if (note.Length > ProducerPosition.NoteSizeMax)
            throw new FiqException(
                ErrorCode.BadRequest, $"a producer's note has at most {ProducerPosition.NoteSizeMax} bytes");
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
