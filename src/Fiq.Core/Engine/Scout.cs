using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Looks ahead of a group for urgent messages, as long as more waits than is being taken. A little each time: nobody
/// shall wait for it. One thread at a time.
/// </summary>
internal sealed class Scout(QueueLog log, ConsumerGroup group) : IDisposable
{
    // Some milliseconds, when each message lies in a batch of its own.
    private const int BatchesMax = 4096;

    private readonly UrgentScan _scan = log.OpenUrgentScan();
    private readonly List<(long Offset, int Priority)> _found = [];
    private long _next;

    /// <summary>Goes on, unless everything there is will be taken now.</summary>
    public void Advance(in LogMark watermark, int wanted)
    {
        if (_found.Count == 0)
        {
            // Below it nothing waits any more.
            _next = Math.Max(_next, group.DurableFloor);
            if (watermark.Offset - group.Cursor <= wanted && _next >= group.Cursor) return;
            Look(watermark);
        }

        if (_found.Count == 0) return;
        // What the table has no room for is told again.
        int noted = group.Admission.Note(
            [.. _found.Select(urgent => new UrgentMessage(urgent.Offset, urgent.Priority))]);
        _found.RemoveRange(0, noted);
    }

    public void Dispose() => _scan.Dispose();

    private void Look(in LogMark watermark)
    {
        try
        {
            _next = _scan.Advance(_next, watermark, BatchesMax, _found);
        }
        catch (DamagedException)
        {
            // Whoever takes the messages before the damage comes to it, and names it. Nothing urgent is seen behind it.
            _next = watermark.Offset;
        }
    }
}
