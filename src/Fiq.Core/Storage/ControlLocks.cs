using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// The locks of a queue for one process. The kernel's locks exclude processes; within the process each is guarded by
/// its own mutex. Order: attach, members, groups, append, sync; never the other way.
/// </summary>
internal sealed class ControlLocks : IDisposable
{
    /// <summary>No wait for one holder is longer; then an error names it. Nothing is ever broken open.</summary>
    public static readonly TimeSpan WaitLimit = TimeSpan.FromSeconds(10);

    // A holder may have died between unlocking and waking.
    private static readonly TimeSpan NapMax = TimeSpan.FromMilliseconds(5);

    private readonly IFile _control;
    private readonly ControlPage _page;
    private readonly LogContext _context;
    private readonly KernelLock[] _locks;

    public ControlLocks(IFile control, ControlPage page, LogContext context)
    {
        _control = control;
        _page = page;
        _context = context;
        _locks = [.. Enum.GetValues<ControlLock>().Select(which => new KernelLock(control, At(which), context.Time))];
    }

    public bool TryEnter(ControlLock which)
    {
        if (!_locks[(int)which].TryEnter()) return false;
        _page.StoreHolder(which, _context.Pid);
        return true;
    }

    /// <exception cref="BusyException">Another process held it for ten seconds, or a crowd for a minute.</exception>
    public void Enter(ControlLock which)
    {
        if (which is ControlLock.Append or ControlLock.Sync) EnterAmongAppenders(which);
        else _locks[(int)which].Enter(WaitLimit, () => _page.Holder(which), Describe(which));
        _page.StoreHolder(which, _context.Pid);
    }

    public void Exit(ControlLock which)
    {
        _locks[(int)which].Exit();
        if (which is ControlLock.Append or ControlLock.Sync) _page.Appenders.Wake();
    }

    /// <summary>Runs something under a lock.</summary>
    public void With(ControlLock which, Action action)
    {
        Enter(which);
        try
        {
            action();
        }
        finally
        {
            Exit(which);
        }
    }

    /// <summary>The first line of every method whose name says that it needs a lock.</summary>
    public void AssertHeld(ControlLock which)
    {
        if (!_locks[(int)which].IsHeld) throw new InvalidOperationException($"the {which} lock is not held");
    }

    /// <summary>
    /// Holds a presence lock for as long as this process is attached. Exclusive only succeeds when nobody else is
    /// there; going from exclusive to shared never lets anybody in between.
    /// </summary>
    public bool TryHold(ControlLock presence, bool exclusive) => _control.TryLock(At(presence), exclusive);

    public void Dispose()
    {
        foreach (KernelLock each in _locks) each.Dispose();
    }

    private static long At(ControlLock which) => ControlLayout.LocksAt + (int)which;

    private static string Describe(ControlLock which) => $"the {which.ToString().ToLowerInvariant()} lock";

    private void EnterAmongAppenders(ControlLock which)
    {
        KernelLock wanted = _locks[(int)which];
        if (wanted.TryEnter()) return;
        var patience = new LockPatience(_context.Time, WaitLimit, () => _page.Holder(which));
        bool entered = false;
        while (!entered)
        {
            _page.Appenders.SleepUnless(() => entered = wanted.TryEnter(), NapMax);
            if (!entered && patience.IsOver)
                throw new BusyException(Describe(which), _page.Holder(which));
        }
    }
}
