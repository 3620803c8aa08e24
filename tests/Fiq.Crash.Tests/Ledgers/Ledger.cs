namespace Fiq.Crash.Tests.Ledgers;

/// <summary>
/// What was sent to a queue and what the senders were told, to be held against what comes out of it: everything
/// acknowledged is there, once, at its offset, in the order of its producer; nothing is there that nobody sent or that
/// was refused; and a request that is all or nothing is all there or not at all.
/// </summary>
internal sealed class Ledger
{
    private readonly Dictionary<string, string> _bodies = [];
    private readonly Dictionary<string, long> _acked = [];
    private readonly HashSet<string> _refused = [];
    private readonly List<IReadOnlyList<string>> _requests = [];
    private readonly List<IReadOnlyList<string>> _producers = [];

    public IReadOnlyDictionary<string, long> Acked => _acked;

    /// <summary>Messages that one producer sends one after the other.</summary>
    public void Sent(IReadOnlyList<(string Key, string Body)> messages)
    {
        foreach (var (key, body) in messages)
        {
            _bodies.Add(key, body);
        }

        _producers.Add([.. messages.Select(message => message.Key)]);
    }

    /// <summary>The same, stored all or none.</summary>
    public void SentAtOnce(IReadOnlyList<(string Key, string Body)> messages)
    {
        Sent(messages);
        _requests.Add(_producers[^1]);
    }

    public void WasAcked(string key, long offset) => _acked.Add(key, offset);

    public void WasRefused(string key) => _refused.Add(key);

    /// <summary>What is wrong with what came out, a message of which may have come more than once.</summary>
    public IReadOnlyList<string> Faults(IReadOnlyCollection<Found> found)
    {
        var offsets = new Dictionary<string, long>();
        var faults = Invented(found).Concat(Moved(found, offsets)).ToList();
        faults.AddRange(_acked
            .Where(acked => !offsets.TryGetValue(acked.Key, out var offset) || offset != acked.Value)
            .Select(acked => $"{acked.Key} was acknowledged at #{acked.Value} and is not there"));
        faults.AddRange(_requests
            .Where(request => request.Any(offsets.ContainsKey) && !request.All(offsets.ContainsKey))
            .Select(request => $"of {string.Join(' ', request)} only a part is there"));
        faults.AddRange(_producers.SelectMany(producer => OutOfOrder(producer, offsets)));
        return faults;
    }

    /// <summary>Bytes that nobody sent, or that were refused.</summary>
    private IEnumerable<string> Invented(IEnumerable<Found> found)
    {
        foreach (var each in found)
        {
            if (!_bodies.TryGetValue(each.Key, out var body) || body != each.Body)
            {
                yield return $"nobody sent {each} \"{each.Body[..Math.Min(20, each.Body.Length)]}\"";
            }

            if (_refused.Contains(each.Key))
            {
                yield return $"{each} was refused and is there";
            }
        }
    }

    /// <summary>A message at two offsets, or two messages at one. Fills in the offsets.</summary>
    private static IEnumerable<string> Moved(IEnumerable<Found> found, Dictionary<string, long> offsets)
    {
        var keys = new Dictionary<long, string>();
        foreach (var each in found)
        {
            if (!offsets.TryAdd(each.Key, each.Offset) && offsets[each.Key] != each.Offset)
            {
                yield return $"{each} is also there at #{offsets[each.Key]}";
            }

            if (!keys.TryAdd(each.Offset, each.Key) && keys[each.Offset] != each.Key)
            {
                yield return $"{each} has the offset of {keys[each.Offset]}";
            }
        }
    }

    /// <summary>What one producer sent is there in its order, and without a gap up to where it died.</summary>
    private static IEnumerable<string> OutOfOrder(IReadOnlyList<string> producer, Dictionary<string, long> offsets)
    {
        var last = -1L;
        string? missing = null;
        foreach (var key in producer)
        {
            if (!offsets.TryGetValue(key, out var offset))
            {
                missing ??= key;
                continue;
            }

            if (missing is not null)
            {
                yield return $"{key} is there, and {missing} before it is not";
            }

            if (offset < last)
            {
                yield return $"{key} is at #{offset}, and what was sent before it is at #{last}";
            }

            last = offset;
        }
    }
}
