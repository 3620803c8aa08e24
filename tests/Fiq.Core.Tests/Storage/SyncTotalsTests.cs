using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>What syncs cost is told across processes.</summary>
public sealed class SyncTotalsTests : IDisposable
{
    private static readonly TimeSpan Syncing = TimeSpan.FromMilliseconds(3);

    private readonly ManualTime _time = new();
    private readonly Faults _faults = new();
    private readonly LogRig _rig;

    private Errno _error;

    public SyncTotalsTests()
    {
        _rig = new LogRig(time: _time);
        _faults.ErrorOf = Sync;
    }

    private SyncTotals Totals => _rig.OnPage(page => page.Syncs);

    public void Dispose() => _rig.Dispose();

    [Fact]
    public void The_syncs_of_all_members_are_added_up_and_outlive_them()
    {
        using (QueueLog first = _rig.Attach(_faults))
        using (QueueLog second = _rig.Attach(_faults))
        {
            first.Append("a");
            second.Append("b", "c");
            Totals.Should().Be(new SyncTotals(Count: 2, Microseconds: 6_000));
        }

        using QueueLog third = _rig.Attach(_faults);
        third.Append("d");
        Totals.Should().Be(new SyncTotals(3, 9_000));
    }

    [Fact]
    public void A_sync_that_failed_is_not_counted()
    {
        using QueueLog log = _rig.Attach(_faults);
        _error = Errno.InputOutput;
        log.Append("written again in the next segment");
        Totals.Should().Be(new SyncTotals(1, 3_000), "the first one failed, after as long a time");
        _rig.Segments.Should().HaveCount(2);
    }

    // Only a segment's data is synced so; whatever else is, is no append.
    private Errno Sync(string call, string name)
    {
        if (call != "fdatasync") return Errno.None;
        _time.Advance(Syncing);
        (Errno error, _error) = (_error, Errno.None);
        return error;
    }
}
