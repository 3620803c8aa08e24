using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>A group from which the oldest messages are dropped. Needs the groups lock.</summary>
internal sealed class LaggingGroup : IDisposable
{
    private readonly IDirectory _folder;
    private readonly ConsumerGroup _group;
    private readonly Discarder _discarder;

    /// <param name="folder">The group's; owned from here on.</param>
    /// <param name="group">Which.</param>
    /// <param name="context">Its queue's segments.</param>
    /// <param name="log">Its queue.</param>
    public LaggingGroup(IDirectory folder, GroupContext group, LogContext context, QueueLog log)
    {
        _folder = folder;
        try
        {
            _group = ConsumerGroup.Attach(folder, group, GroupOptions.OfAdministration(ControlLocks.WaitLimit));
        }
        catch
        {
            folder.Dispose();
            throw;
        }

        _discarder = new Discarder(context, log, _group);
    }

    /// <summary>The oldest message that a member holds; past all offsets when none does.</summary>
    public long LowestHeld() => _group.Discard(discard => discard.LowestHeld());

    /// <summary>
    /// Drops what nobody holds below an offset, and counts it as trimmed; returns the group's durable floor.
    /// </summary>
    public long Drop(long below)
    {
        if (_group.DurableFloor >= below) return _group.DurableFloor;
        IReadOnlyList<OffsetRun> runs = _group.Discard(discard => discard.UnsettledBelow(below, withUntaken: true));
        TrimmedCount before = TrimmedCount.Read(_folder);
        // Counted before: killed in between, the next one drops what is left and counts nothing twice.
        long total = before.Total + runs.Sum(run => Math.Max(0, run.To - Math.Max(run.From, before.Through)));
        new TrimmedCount(total, below).Write(_folder);
        long dropped = _discarder.Below(below);
        long floor = _group.Flush();
        long escaped = runs.Sum(run => run.To - run.From) - dropped;
        new TrimmedCount(total - escaped, Through: 0).Write(_folder);
        return floor;
    }

    public void Dispose()
    {
        _group.Dispose();
        _folder.Dispose();
    }
}
