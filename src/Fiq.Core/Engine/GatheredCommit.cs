using Fiq.Storage;
using Fiq.Storage.Producers;

namespace Fiq.Engine;

/// <summary>
/// Requests that are committed together, without the messages that are stored already. Where nobody asks for that it is
/// a list and its bytes, encoded before anybody waits for the lock.
/// </summary>
internal sealed class GatheredCommit : ICommitSource, IDisposable
{
    private readonly IReadOnlyList<AppendRequest> _requests;
    private readonly long _now;
    private readonly QueueLog _log;
    private readonly NamedProducer? _producer;
    private readonly KeyWindow? _keys;
    private readonly Dictionary<MessageKey, int> _ownKeys = [];
    private Place[][] _places = [];
    private EncodedCommit? _encoded;
    private ProducerPosition _last;

    public GatheredCommit(
        IReadOnlyList<AppendRequest> requests, long now, QueueLog log, NamedProducer? producer, KeyWindow? keys)
    {
        _requests = requests;
        _now = now;
        _log = log;
        _producer = producer;
        _keys = keys;
        // Whether a key is new is known only when nobody else can append.
        if (keys is null) Encode();
    }

    public EncodedCommit Prepare(in LogMark tail)
    {
        if (_keys is not null)
        {
            _keys.FollowTo(tail);
            Encode();
        }

        bool isNewName = _producer is { Last.IsKnown: false } && _encoded!.Count > 0;
        if (isNewName && _log.Producers.TableWithAppendLock(tail).Count >= ProducerTable.NamesMax)
            throw new FiqException(
                ErrorCode.QueueFull,
                $"the queue knows {ProducerTable.NamesMax} producers and takes no new name",
                "Use a name that it knows, or another queue.");
        return _encoded!;
    }

    /// <summary>Tells every caller where its messages are, now that they are durable.</summary>
    public void Complete(long firstOffset)
    {
        if (_producer is not null && _encoded!.Count > 0)
            _producer.Last = _encoded.LastPosition(firstOffset + _encoded.Count);
        for (int i = 0; i < _requests.Count; i++)
        {
            if (_places.Length > 0)
            {
                Place[] places = _places[i];
                _requests[i].Complete(
                    new Stored(0, Array.ConvertAll(places, place => place.ToAcknowledgement(firstOffset))));
            }
            else
            {
                _requests[i].Complete(new Stored(firstOffset, null));
                firstOffset += _requests[i].Messages.Count;
            }
        }
    }

    public void Dispose() => _encoded?.Dispose();

    private void Encode()
    {
        _encoded?.Dispose();
        _encoded = new EncodedCommit(_producer?.Name);
        if (_producer is null && _keys is null)
        {
            foreach (AppendRequest request in _requests) _encoded.Add(request.Messages, _now);
        }
        else
        {
            _last = _producer?.Last ?? default;
            _ownKeys.Clear();
            _places = new Place[_requests.Count][];
            for (int i = 0; i < _requests.Count; i++) _places[i] = AddNew(_requests[i].Messages);
        }

        _encoded.Close();
    }

    private Place[] AddNew(IReadOnlyList<Message> messages)
    {
        int count = _encoded!.Count;
        var fresh = new List<Message>(messages.Count);
        var places = new Place[messages.Count];
        for (int i = 0; i < places.Length; i++)
        {
            int index = count + fresh.Count;
            places[i] = Find(messages[i], index) ?? new Place(index, IsHere: true, IsDuplicate: false);
            if (!places[i].IsDuplicate) fresh.Add(messages[i]);
        }

        if (fresh.Count > 0) _encoded.Add(fresh, _now);
        return places;
    }

    /// <summary>Where a message is already; null when it is new, and then it is noted as being here.</summary>
    private Place? Find(Message message, int index)
    {
        if (_producer is not null)
        {
            if (message.Sequence == _last.Sequence)
                return new Place(_last.Offset, IsHere: _last.Sequence > _producer.Last.Sequence, IsDuplicate: true);
            if (message.Sequence < _last.Sequence)
                return new Place(Acknowledgement.UnknownOffset, IsHere: false, IsDuplicate: true);
        }

        if (FindKey(message, index) is Place known) return known;
        if (_producer is not null) _last = new ProducerPosition(message.Sequence, index, default);
        return null;
    }

    // A dead letter that is sent back to its group is the same message once more, on purpose.
    private Place? FindKey(Message message, int index)
    {
        if (_keys is null || message.Key.IsEmpty || message.ForGroup is not null) return null;
        if (_ownKeys.TryGetValue(message.Key, out int own)) return new Place(own, IsHere: true, IsDuplicate: true);
        if (_keys.Find(message.Key) is long offset) return new Place(offset, IsHere: false, IsDuplicate: true);
        _ownKeys.Add(message.Key, index);
        return null;
    }

    /// <summary>Where a message is.</summary>
    /// <param name="At">An offset, or its place among the messages of this commit.</param>
    /// <param name="IsHere">Whether it is in this commit.</param>
    /// <param name="IsDuplicate">Whether it was stored before.</param>
    private readonly record struct Place(long At, bool IsHere, bool IsDuplicate)
    {
        public Acknowledgement ToAcknowledgement(long firstOffset) =>
            new(IsHere ? firstOffset + At : At, Durability.Synced, IsDuplicate);
    }
}
