using System.Diagnostics;
using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>
/// The law of damage: everything is intact, or an error names the file and bytes of the damage. Never is the log
/// shorter in silence, never are other bytes handed out, never is anything deleted, cut or overwritten.
/// </summary>
internal sealed class HonestDamage(SampleQueue sample)
{
    private int _cases;
    private int _named;

    /// <summary>How many times it was tried.</summary>
    public int Cases => _cases;

    /// <summary>How many times an error told of the damage.</summary>
    public int Named => _named;

    /// <summary>Looks at a damaged disk, recovers, reads the log, and judges.</summary>
    public void HoldsForTheLog(MemoryDisk disk, Damage damage)
    {
        // The damaged disk itself is kept as it is: the evidence.
        MemoryDisk used = disk.Copy();
        Judge(disk, used, SampleReading.OfLog(used), damage);
    }

    /// <summary>The same, and through the groups, and then appends.</summary>
    public async Task HoldsForAllAsync(MemoryDisk disk, Damage damage)
    {
        MemoryDisk used = disk.Copy();
        Judge(disk, used, await SampleReading.OfGroupsAsync(used), damage);
    }

    private void Judge(MemoryDisk disk, MemoryDisk used, SampleReading reading, Damage damage)
    {
        bool refused = reading.Errors.Count > 0;
        Interlocked.Increment(ref _cases);
        if (refused) Interlocked.Increment(ref _named);
        string? wrong = WrongBytes(reading.All) ?? WrongBytes(reading.Rest ?? [])
            ?? (refused ? reading.Errors.Select(damage.Unlike).FirstOrDefault(why => why is not null) : null)
            ?? (refused ? null : Missing(reading, damage.Excuse))
            ?? Tampered(disk, used, damage.File, refused);
        if (wrong is null) return;
        throw new UnreachableException(
            $"{damage}: {wrong}\n{string.Join('\n', reading.Errors.Select(error => error.Message))}");
    }

    private string? WrongBytes(IReadOnlyList<StoredMessage> taken)
    {
        long last = -1;
        foreach ((long offset, Message message) in taken)
        {
            if (offset <= last) return $"offset {offset} comes behind {last}";
            last = offset;
            bool same = offset < sample.Bodies.Count
                && message.Body.Span.SequenceEqual(sample.Bodies[(int)offset])
                && message.Key.Bytes.Span.SequenceEqual("k"u8)
                && message.ProcessingMicroseconds == 1000;
            if (!same) return $"offset {offset} was handed out with other bytes";
        }

        return null;
    }

    private string? Missing(SampleReading reading, Excused excuse)
    {
        int count = sample.Bodies.Count;
        if (excuse.HasFlag(Excused.LastBatch) && reading.All.Count == count - 1) count--;
        if (reading.All.Count != count) return $"{reading.All.Count} messages of {count} without a word";
        if (reading.Next is long next && next != count) return $"the next message has offset {next} instead of {count}";
        long known = reading.Description!.Watermark;
        bool mayLag = (excuse & (Excused.LastBatch | Excused.LookBehind)) != 0;
        if (known != count && !mayLag) return $"a look knows {known} messages of {count}";
        long[] expected = [.. sample.Unsettled.Where(offset => offset < count)];
        long lag = reading.Description.Groups[^1].Lag;
        bool again = excuse.HasFlag(Excused.SettledAgain);
        if (lag < expected.Length && known == count) return $"a look says that {lag} of {expected.Length} are left";
        if (reading.Rest is null) return null;
        long[] rest = [.. reading.Rest.Select(each => each.Offset)];
        return expected.SequenceEqual(rest) || (again && expected.All(rest.Contains))
            ? null
            : $"the group got {string.Join(',', rest)} instead of {string.Join(',', expected)}";
    }

    /// <summary>Whether anything that counts was changed or removed.</summary>
    private string? Tampered(MemoryDisk before, MemoryDisk after, string damaged, bool refused)
    {
        foreach ((string path, MemoryBytes bytes) in before.Files(SampleQueue.Folder))
        {
            if (IsRumour(path)) continue;
            MemoryBytes? now = after.Find(path)?.Bytes;
            if (now is null) return $"{path} was removed";
            // Whoever is handed out messages goes on in the offset file.
            bool mayGrow = path.EndsWith("/offset", StringComparison.Ordinal) && !(refused && path == damaged);
            if (mayGrow) continue;
            long counts = sample.Segments.TryGetValue(path, out long end) ? end : bytes.Length;
            // Recovery copies what nothing proves into a new segment, and ends this one before it.
            if (path == sample.Tail && HasNewSegment(after)) counts = sample.LastBatchAt;
            if (!IsKept(bytes, now, counts)) return $"{path} was changed";
        }

        return null;
    }

    private bool HasNewSegment(MemoryDisk disk) => disk.Files(SampleQueue.Folder).Any(file =>
        file.Path.EndsWith(".log", StringComparison.Ordinal) && string.CompareOrdinal(file.Path, sample.Tail) > 0);

    private static bool IsKept(MemoryBytes before, MemoryBytes now, long end)
    {
        if (before.SameAs(now)) return true;
        // What was cut before its end stays as it was cut.
        if (before.Length < end) return false;
        byte[] left = new byte[end];
        byte[] right = new byte[end];
        return before.Read(left, 0) == now.Read(right, 0) && left.AsSpan().SequenceEqual(right);
    }

    private static bool IsRumour(string path) =>
        Path.GetFileName(path) is "control" or "leases" || path.EndsWith(".tmp", StringComparison.Ordinal);
}
