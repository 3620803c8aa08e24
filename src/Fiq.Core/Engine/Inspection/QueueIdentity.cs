using System.Buffers.Binary;
using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine.Inspection;

/// <summary>
/// Which queue a folder is: what `queue.json` says, or, when that is damaged, the id that stands in its segments.
/// </summary>
internal static class QueueIdentity
{
    private const int QueueIdAt = 32;

    /// <summary>The queue's file, and what is wrong with it. Unknown settings are the default.</summary>
    public static (QueueFile File, DamagedException? Damage) Of(IDirectory folder)
    {
        try
        {
            return (QueueFile.Read(folder), null);
        }
        catch (DamagedException damage)
        {
            return (new QueueFile(IdInSegments(folder) ?? 0, new QueueSettings()), damage);
        }
    }

    /// <summary>The id that most segments name; null when there is no segment that names one.</summary>
    private static ulong? IdInSegments(IDirectory folder)
    {
        var votes = new Dictionary<ulong, int>();
        foreach (string entry in folder.List())
        {
            if (!SegmentName.TryParse(entry, out _)) continue;
            if (folder.TryStatus(entry) is not { Kind: EntryKind.File, Length: > 0 }) continue;
            using IFile? file = folder.TryOpenFile(entry, writable: false);
            byte[] bytes = new byte[SegmentHeader.Size];
            if (file is null || file.Read(bytes, 0) < bytes.Length) continue;
            ulong id = BinaryPrimitives.ReadUInt64LittleEndian(bytes.AsSpan(QueueIdAt));
            votes[id] = votes.GetValueOrDefault(id) + 1;
        }

        return votes.Count == 0 ? null : votes.MaxBy(vote => vote.Value).Key;
    }
}
