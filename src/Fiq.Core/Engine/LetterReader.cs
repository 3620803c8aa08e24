using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Reads the letters that the group <c>default</c> of a queue of dead letters has not settled, without joining it.
/// </summary>
internal sealed class LetterReader
{
    private const long ReadBytesMax = 4L * 1024 * 1024;

    private readonly QueueFolder _box;
    private readonly LogMark _watermark;
    private readonly List<OffsetRun> _unsettled;

    /// <param name="box">The queue of dead letters.</param>
    /// <param name="watermark">How far it is durable.</param>
    public LetterReader(QueueFolder box, in LogMark watermark)
    {
        (_box, _watermark) = (box, watermark);
        using IDirectory? folder = box.TryOpenGroup(GroupName.Default);
        if (folder is null)
        {
            _unsettled = [];
            return;
        }

        GroupStatus status = GroupReader.Read(folder, box.GroupOf(GroupName.Default), watermark.Offset);
        _unsettled = [.. status.Unsettled, new OffsetRun(status.Cursor, Math.Max(status.Cursor, watermark.Offset))];
    }

    /// <summary>How many lie there; of one that lies there twice both.</summary>
    public long Count => _unsettled.Sum(run => run.To - run.From);

    /// <summary>How many letters each group has; told without reading them where there is only one group.</summary>
    public static IReadOnlyDictionary<GroupName, long> CountByGroup(QueueFolder box, IReadOnlyList<GroupName> groups)
    {
        using var view = LogView.Open(box.Log, box.ProvenByGroups);
        var reader = new LetterReader(box, view.Watermark);
        if (reader.Count == 0) return new Dictionary<GroupName, long>();
        if (groups.Count == 1) return new Dictionary<GroupName, long> { [groups[0]] = reader.Count };
        return reader.Read().DistinctBy(letter => letter.Identity)
            .CountBy(letter => letter.Group)
            .ToDictionary(pair => pair.Key, pair => (long)pair.Value);
    }

    /// <summary>The letters, oldest first, each as often as it lies there.</summary>
    public IEnumerable<DeadLetter> Read()
    {
        using var reader = new LogReader(_box.Log);
        var messages = new List<StoredMessage>();
        foreach (OffsetRun run in _unsettled)
        {
            for (long next = run.From; next < run.To;)
            {
                messages.Clear();
                next = reader.Read(next, run.To, _watermark.Epoch, messages, ReadBytesMax);
                foreach (StoredMessage stored in messages)
                    if (DeadLetter.TryRead(stored.Offset, stored.Message) is DeadLetter letter) yield return letter;
            }
        }
    }
}
