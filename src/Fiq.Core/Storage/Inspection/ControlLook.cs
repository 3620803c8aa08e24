using Fiq.Files;

namespace Fiq.Storage.Inspection;

/// <summary>
/// A look at the control page by somebody who is not a member: whether one vouches for it, and what it proves of the
/// files that are there. As long as it is open, a repair waits.
/// </summary>
internal sealed class ControlLook : IDisposable
{
    private readonly IFile? _control;
    private readonly ControlPage? _page;
    private readonly LogContext _context;

    private ControlLook(LogContext context, IFile? control, ControlPage? page, DamagedException? damage)
    {
        (_context, _control, _page, Damage) = (context, control, page, damage);
    }

    /// <summary>Why the file can't be used; null when it can.</summary>
    public DamagedException? Damage { get; }

    /// <summary>Whether a member is attached.</summary>
    public bool HasMembers => IsHeld(ControlLock.Members);

    /// <summary>Whether somebody else is looking, too.</summary>
    public bool HasOnlookers => IsHeld(ControlLock.Onlookers);

    /// <summary>The process that became a member last; 0 when that is not known.</summary>
    public int LastMember => _page?.Holder(ControlLock.Members) ?? 0;

    public static ControlLook Open(LogContext context)
    {
        IFile? control = context.Folder.TryOpenFile(ControlFile.Name, writable: false);
        if (control is null) return new ControlLook(context, null, null, Broken("the control file is missing"));
        try
        {
            control.TryLock(ControlLayout.LocksAt + (int)ControlLock.Onlookers, exclusive: false);
            if (control.Length != ControlLayout.Size)
                return new ControlLook(context, control, null, Broken($"it has {control.Length} bytes"));
            var page = new ControlPage(control.Map(ControlLayout.Size, writable: false));
            return new ControlLook(context, control, page, null);
        }
        catch (FileSystemException error) when (error.Errno == Errno.InvalidArgument)
        {
            return new ControlLook(context, control, null, Broken("it has holes"));
        }
        catch
        {
            control.Dispose();
            throw;
        }
    }

    /// <summary>What the page proves, and what the groups do.</summary>
    /// <param name="byGroups">Every offset below it was durable.</param>
    /// <param name="neededFrom">The lowest offset that some group has not settled.</param>
    /// <param name="isAlone">Whether this process holds the queue alone: then what is held vouches for nothing.</param>
    public LogProofs Proofs(long byGroups, long? neededFrom, bool isAlone)
    {
        bool isOurs = _page?.Belongs(_context.QueueId, bootId: null, out _) == true;
        bool isOfThisBoot = isOurs && _page!.Belongs(_context.QueueId, _context.BootId, out _);
        bool isLive = !isAlone && isOfThisBoot && HasMembers;
        LogMark? watermark = isOurs ? _page!.TryWatermark() : null;
        if (watermark is LogMark mark && !isLive && !IsOfTheseFiles(mark)) watermark = null;
        return new LogProofs(byGroups, neededFrom, watermark, isLive && watermark is not null, isOfThisBoot);
    }

    public void Dispose()
    {
        _page?.Dispose();
        _control?.Dispose();
    }

    /// <summary>As for recovery: in a folder that was copied the page may be newer than the files.</summary>
    private bool IsOfTheseFiles(in LogMark watermark)
    {
        if (_context.Folder.TryStatus(watermark.Segment.ToString()) is EntryStatus tail)
            return tail.Identity == _page!.TailFile();
        return _control!.Identity == _page!.OwnFile() && _page.Failed != watermark.Epoch;
    }

    private bool IsHeld(ControlLock which) =>
        _control?.IsLockedByOther(ControlLayout.LocksAt + (int)which) == true;

    private static DamagedException Broken(string what) => new(ControlFile.Name, 0, ControlLayout.Size, what);
}
