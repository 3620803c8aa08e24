using Fiq.Storage;
using Fiq.Storage.Producers;

namespace Fiq.Engine;

/// <summary>
/// A producer whose messages have sequences. Its name is held by one process at a time, so once it is known how far it
/// has come, and that this is durable, nobody else can change it: what is a duplicate is decided before any lock.
/// One thread at a time, but for the name.
/// </summary>
internal sealed class NamedProducer
{
    private readonly QueueLog _log;
    private readonly Lock _gate = new();
    private ProducerPosition _last;
    private bool _mustLook = true;

    private NamedProducer(QueueLog log, ProducerName name)
    {
        _log = log;
        Name = name;
    }

    public ProducerName Name { get; }

    /// <summary>How far it has come; durable.</summary>
    public ProducerPosition Last
    {
        get
        {
            lock (_gate) return _last;
        }

        set
        {
            lock (_gate) _last = value;
        }
    }

    /// <summary>Takes the name and finds out how far it has come.</summary>
    /// <exception cref="BusyException">Another process has the name.</exception>
    public static NamedProducer Open(QueueLog log, ProducerName name)
    {
        log.HoldProducer(name);
        var producer = new NamedProducer(log, name);
        producer.Look();
        return producer;
    }

    /// <summary>The outcome of a commit is not known: before the next one it is looked for.</summary>
    public void Doubt() => _mustLook = true;

    /// <summary>
    /// Finds out how far it has come, unless that is known. What a process that died left behind counts only once it
    /// is durable, and not at all when its epoch ends without it.
    /// </summary>
    public void Look()
    {
        if (!_mustLook) return;
        using var look = new Glance(_log, Name);
        try
        {
            _log.Commit(look);
        }
        catch (FiqException error) when (error.Code == ErrorCode.Unknown)
        {
            // Nothing was to be stored here, so nothing is unknown: the queue can't go on at the moment.
            throw error.InnerException as FiqException
                ?? new FiqException(ErrorCode.Busy, error.Message, "Try again once the queue goes on.", error);
        }

        Last = look.Found;
        _mustLook = false;
    }

    /// <summary>Stores that it has come further, without a message.</summary>
    public void Move(ulong sequence, ReadOnlyMemory<byte> note)
    {
        // Its first message asks whether there is room for its name.
        if (!Last.IsKnown)
            throw new FiqException(
                ErrorCode.BadRequest, $"the queue has no message of producer \"{Printable.Escape(Name.ToString())}\"");
        if (sequence <= Last.Sequence) return;
        var move = new ProducerMove(Name, new ProducerPosition(sequence, Last.Offset, note));
        _log.MoveProducer(move);
        Last = move.Position;
    }

    /// <summary>A commit of nothing: done when all that it has seen is durable.</summary>
    private sealed class Glance(QueueLog log, ProducerName name) : ICommitSource, IDisposable
    {
        private readonly EncodedCommit _nothing = new();

        public ProducerPosition Found { get; private set; }

        public EncodedCommit Prepare(in LogMark tail)
        {
            Found = log.Producers.FindWithAppendLock(name.ToString(), tail);
            return _nothing;
        }

        public void Dispose() => _nothing.Dispose();
    }
}
