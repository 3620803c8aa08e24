using System.Diagnostics;
using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// What a queue has said over many power cuts, kept where no power goes. Each thing it says is held against all that
/// it has said before: nothing acknowledged or printed may vanish, move or change. What was heard only after the power
/// had begun to go binds nobody to keep it: the kernel may answer a sync with success that it no longer carries out.
/// </summary>
internal sealed class CutLedger
{
    private const int BodyMax = 4_000;

    private readonly Dictionary<string, long> _acked = [];
    private readonly Dictionary<string, long> _heardLate = [];
    private readonly Dictionary<string, HashSet<long>> _printedLate = [];
    private readonly SortedDictionary<long, string> _keys = [];
    private readonly Dictionary<string, long> _offsets = [];
    private readonly Dictionary<string, HashSet<long>> _printed = [];
    private readonly Dictionary<string, Dictionary<long, double>> _printedAt = [];
    private readonly Dictionary<string, long> _settled = [];
    private readonly List<string> _faults = [];

    public IReadOnlyList<string> Faults => _faults;

    public int AckedCount => _acked.Count;

    /// <summary>Messages that came again after a cut.</summary>
    public int Repeats { get; private set; }

    /// <summary>How long before the cut the oldest of them had been printed.</summary>
    public double OldestRepeatMilliseconds { get; private set; }

    /// <summary>The body belongs to the key, so that the ledger need not keep it.</summary>
    public static string BodyOf(string key)
    {
        var seed = 17;
        foreach (var letter in key)
        {
            seed = unchecked((seed * 31) + letter);
        }

        var random = new Random(seed);
        return new string(random.GetItems(
            "abcdefghijklmnopqrstuvwxyz :0123456789".AsSpan(), random.Next(1, BodyMax)));
    }

    /// <summary>What a producer has acknowledged.</summary>
    /// <param name="output">Its output.</param>
    /// <param name="cutAt">When the power began to go; null: it did not.</param>
    public void AddAcked(CapturedLines output, long? cutAt = null)
    {
        foreach (var line in ResultLine.In(output))
        {
            if (!(line.Timestamp > cutAt ? _heardLate : _acked).TryAdd(line.Key, line.Offset))
            {
                _faults.Add($"{line.Key} was acknowledged twice");
            }
        }
    }

    /// <summary>What a consumer of a group has printed.</summary>
    /// <param name="group">The group.</param>
    /// <param name="output">Its output, in JSON.</param>
    /// <param name="cutAt">When the power began to go under it; null: it came to its end.</param>
    public void AddPrinted(string group, CapturedLines output, long? cutAt = null)
    {
        var times = TimesOf(group);
        foreach (var captured in output.Captured)
        {
            using var line = JsonDocument.Parse(captured.Text);
            var offset = line.RootElement.GetProperty("offset").GetInt64();
            if (captured.Timestamp > cutAt)
            {
                SetOf(_printedLate, group).Add(offset);
                continue;
            }

            AddStored(offset, line.RootElement.GetProperty("key").GetString()!, line.RootElement);
            Printed(group).Add(offset);
            if (offset < _settled.GetValueOrDefault(group))
            {
                _faults.Add($"group {group} got offset {offset} again, which was settled before its consumers ended");
            }

            if (times.Remove(offset, out var age))
            {
                Repeats++;
                OldestRepeatMilliseconds = Math.Max(OldestRepeatMilliseconds, age);
            }

            if (cutAt is { } cut)
            {
                times[offset] = Stopwatch.GetElapsedTime(captured.Timestamp, cut).TotalMilliseconds;
            }
        }
    }

    /// <summary>A group has nothing more to get, and its consumers came to their end: it has had everything.</summary>
    public void SetDrained(string group, long nextOffset)
    {
        Printed(group).UnionWith(SetOf(_printedLate, group).Where(offset => offset < nextOffset));
        SetOf(_printedLate, group).Clear();
        var missing = Enumerable.Range(0, (int)nextOffset).Where(offset => !Printed(group).Contains(offset)).ToList();
        if (missing.Count > 0)
        {
            _faults.Add($"group {group} never got {missing.Count} offsets, from {missing[0]} to {missing[^1]}");
        }

        if (Printed(group).Any(offset => offset >= nextOffset))
        {
            _faults.Add($"group {group} got offset {Printed(group).Max()}, but the queue ends at {nextOffset}");
        }

        _settled[group] = nextOffset;
        TimesOf(group).Clear();
    }

    /// <summary>Holds what was acknowledged against what is stored.</summary>
    public void CheckAcked()
    {
        foreach (var (key, offset) in _heardLate.Where(late => _offsets.ContainsKey(late.Key)))
        {
            _acked.Add(key, offset);
        }

        _heardLate.Clear();
        foreach (var (key, offset) in _acked)
        {
            if (!_offsets.TryGetValue(key, out var stored))
            {
                _faults.Add($"{key} was acknowledged at offset {offset} and is not there");
            }
            else if (stored != offset)
            {
                _faults.Add($"{key} was acknowledged at offset {offset} and is at {stored}");
            }
        }
    }

    /// <summary>What a producer has sent in order is there in order, without a gap, up to where it ended.</summary>
    public void CheckOrder()
    {
        var next = new Dictionary<string, int>();
        foreach (var (offset, key) in _keys)
        {
            var dash = key.LastIndexOf('-');
            var expected = next.GetValueOrDefault(key[..dash]);
            if (key[(dash + 1)..] != $"{expected}")
            {
                _faults.Add($"{key} at offset {offset} does not follow number {expected - 1} of its producer");
            }

            next[key[..dash]] = expected + 1;
        }
    }

    private HashSet<long> Printed(string group) => SetOf(_printed, group);

    private static HashSet<long> SetOf(Dictionary<string, HashSet<long>> sets, string group)
    {
        return sets.TryGetValue(group, out var found) ? found : sets[group] = [];
    }

    private Dictionary<long, double> TimesOf(string group)
    {
        return _printedAt.TryGetValue(group, out var times) ? times : _printedAt[group] = [];
    }

    private void AddStored(long offset, string key, JsonElement message)
    {
        if (message.GetProperty("body").GetString() != BodyOf(key))
        {
            _faults.Add($"the body of {key} at offset {offset} is not what was sent");
        }

        if (!_keys.TryAdd(offset, key) && _keys[offset] != key)
        {
            _faults.Add($"offset {offset} was {_keys[offset]} and is {key}");
        }

        if (!_offsets.TryAdd(key, offset) && _offsets[key] != offset)
        {
            _faults.Add($"{key} is at offset {_offsets[key]} and at {offset}");
        }
    }
}
