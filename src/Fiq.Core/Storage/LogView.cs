using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// A look at a queue's log that takes no lock but the onlookers' and changes nothing. It trusts the control page only
/// while a member vouches for it; otherwise it looks for the last proof itself.
/// </summary>
internal sealed class LogView : IDisposable
{
    private const int TriesMax = 100;

    private readonly IFile _control;
    private readonly ControlPage _page;

    private LogView(IFile control, ControlPage page)
    {
        _control = control;
        _page = page;
    }

    /// <summary>One past the last message written.</summary>
    public LogMark Tail { get; private set; }

    /// <summary>The first place that is not yet durable.</summary>
    public LogMark Watermark { get; private set; }

    /// <summary>The offset of the first message kept.</summary>
    public long FirstOffset { get; private set; }

    /// <summary>Number of segment files.</summary>
    public int Segments { get; private set; }

    /// <summary>Bytes of all segment files.</summary>
    public long Bytes { get; private set; }

    /// <summary>What syncs have cost so far, as the page says; nothing where it is not this queue's.</summary>
    public SyncTotals Syncs { get; private set; }

    /// <summary>Whether the tail segment is spoilt and no successor could be made yet.</summary>
    public bool IsStuck { get; private set; }

    /// <summary>Opens a view.</summary>
    /// <param name="context">The queue.</param>
    /// <param name="provenByGroups">
    /// Asked only when nobody vouches for the page: every offset below it was durable, as the offset files prove.
    /// </param>
    /// <exception cref="DamagedException">Something that was durable is not there any more.</exception>
    public static LogView Open(LogContext context, Func<long> provenByGroups)
    {
        IFile control = ControlFile.Open(context.Folder, writable: false);
        LogView? view = null;
        try
        {
            view = new LogView(control, new ControlPage(ControlFile.Map(control, writable: false)));
            control.TryLock(ControlLayout.LocksAt + (int)ControlLock.Onlookers, exclusive: false);
            view.LookUntilCalm(context, provenByGroups);
            return view;
        }
        catch
        {
            if (view is null) control.Dispose();
            else view.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _page.Dispose();
        _control.Dispose();
    }

    private bool TryTakePage(LogContext context)
    {
        bool vouchedFor = _control.IsLockedByOther(ControlLayout.LocksAt + (int)ControlLock.Members);
        if (!vouchedFor || !_page.Belongs(context.QueueId, context.BootId, out _)) return false;
        Watermark = _page.Watermark();
        Tail = _page.Tail();
        IsStuck = _page.Failed == Tail.Epoch;
        return true;
    }

    private void Examine(LogContext context, SegmentName tail, Func<long> provenByGroups)
    {
        using SegmentFile segment = SegmentFile.TryOpen(context.Folder, tail, context.QueueId, writable: false)
            ?? throw new DamagedException(tail.ToString(), 0, 0, "it vanished");
        Recovery.Finding found = new Recovery(context, _page).Examine(segment, provenByGroups());
        (Watermark, Tail) = (found.Proven, found.Proven);
    }

    // Short-lived members may come and go while we look, and make what we read first look wrong. Damage stays.
    private void LookUntilCalm(LogContext context, Func<long> provenByGroups)
    {
        for (int attempt = 1; ; attempt++)
        {
            LogMark? before = _page.TryWatermark();
            try
            {
                Look(context, provenByGroups);
                return;
            }
            catch (DamagedException) when (attempt < TriesMax && _page.TryWatermark() != before)
            {
                continue;
            }
        }
    }

    private void Look(LogContext context, Func<long> provenByGroups)
    {
        List<SegmentName> names = SegmentList.Read(context.Folder);
        if (names.Count == 0) throw new DamagedException(context.Folder.Path, 0, 0, "there is no segment");
        if (!TryTakePage(context)) Examine(context, names[^1], provenByGroups);
        // Also while nobody is a member: those who came and went since the last look have counted.
        Syncs = _page.Belongs(context.QueueId, bootId: null, out _) ? _page.Syncs : default;
        FirstOffset = names[0].BaseOffset;
        Segments = names.Count;
        Bytes = 0;
        foreach (SegmentName name in names) Bytes += context.Folder.TryStatus(name.ToString())?.Length ?? 0;
    }
}
