using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine.Inspection;

/// <summary>
/// Holds a queue alone: no member, no onlooker, and nobody comes in until this is disposed. Makes the control file,
/// which the locks are taken on, where it is missing or no such file.
/// </summary>
internal sealed class QueueAlone : IDisposable
{
    // Whoever still holds a control file that was removed looks for its name once a second, and stops.
    private static readonly TimeSpan StragglersGone = TimeSpan.FromSeconds(2);

    private readonly IFile _control;
    private readonly ControlPage _page;
    private readonly ControlLocks _locks;

    private QueueAlone(LogContext context, IFile control)
    {
        _control = control;
        _page = new ControlPage(control.Map(ControlLayout.Size, writable: true));
        _locks = new ControlLocks(control, _page, context);
    }

    /// <exception cref="BusyException">Somebody uses the queue, or looks at it.</exception>
    public static QueueAlone Enter(LogContext context)
    {
        IFile control = OpenWhole(context.Folder);
        QueueAlone? alone = null;
        try
        {
            alone = new QueueAlone(context, control);
            alone._locks.Enter(ControlLock.Attach);
            foreach (ControlLock presence in (ReadOnlySpan<ControlLock>)[ControlLock.Members, ControlLock.Onlookers])
                if (!alone._locks.TryHold(presence, exclusive: true))
                    throw new BusyException("the queue", alone._page.Holder(presence));
            return alone;
        }
        catch
        {
            if (alone is null) control.Dispose();
            else alone.Dispose();
            throw;
        }
    }

    public void Dispose()
    {
        _locks.Dispose();
        _page.Dispose();
        _control.Dispose();
    }

    private static IFile OpenWhole(IDirectory folder)
    {
        IFile? control = folder.TryOpenFile(ControlFile.Name, writable: true);
        if (control is not null && control.Length == ControlLayout.Size && control.FindData(0) == 0
            && control.AllocatedBytes >= ControlLayout.Size) return control;
        using (control)
        {
            if (control is not null && !IsUnused(control)) throw new BusyException("the queue", 0);
            Evidence.Keep(folder, ControlFile.Name);
            ControlFile.Create(folder);
            folder.Sync();
            if (control is null) Thread.Sleep(StragglersGone);
        }

        return ControlFile.Open(folder, writable: true);
    }

    private static bool IsUnused(IFile control) =>
        control.TryLock(ControlLayout.LocksAt + (int)ControlLock.Members, exclusive: true)
        && control.TryLock(ControlLayout.LocksAt + (int)ControlLock.Onlookers, exclusive: true);
}
