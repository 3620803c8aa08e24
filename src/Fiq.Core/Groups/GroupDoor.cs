using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The way into the lease table: takes the group's kernel lock, does over again what a dead holder left unfinished,
/// and lets the table be touched only until the lock is given back.
/// </summary>
internal sealed class GroupDoor : IDisposable
{
    private readonly KernelLock _groupLock;
    private readonly TableTransaction _transaction;
    private readonly LeaseTable _table;
    private readonly TimeSpan _wait;
    private readonly string _path;

    public GroupDoor(IFile file, ISharedMemory memory, string path, TimeProvider time, TimeSpan wait)
    {
        _path = path;
        _wait = wait;
        _groupLock = new KernelLock(file, TableLayout.GroupLock, time);
        _transaction = new TableTransaction(memory, path);
        _table = new LeaseTable(_transaction);
    }

    public ISharedMemory Memory => _transaction.Memory;

    /// <summary>Takes the lock and makes the table whole.</summary>
    /// <exception cref="BusyException">Another process held the lock for too long.</exception>
    /// <exception cref="DamagedException">The table is damaged; it is rebuilt when all members have gone.</exception>
    public Inside Enter()
    {
        var inside = EnterUnchecked();
        try
        {
            if (!RedoRecord.TryReplay(Memory))
                throw _transaction.Damage(TableLayout.RedoAt, 16, "the redo record");
            _table.CheckState();
            return inside;
        }
        catch
        {
            inside.Dispose();
            throw;
        }
    }

    /// <summary>Takes the lock, whatever the table looks like.</summary>
    public Inside EnterUnchecked()
    {
        _groupLock.Enter(_wait, () => (int)Memory.Load64(TableLayout.GroupHolderAt), $"the lock of group {_path}");
        try
        {
            Memory.Store64(TableLayout.GroupHolderAt, (ulong)ProcessIdentity.Current.Pid);
            _transaction.Open();
            return new Inside(this);
        }
        catch
        {
            _groupLock.Exit();
            throw;
        }
    }

    public void Dispose() => _groupLock.Dispose();

    private void Leave()
    {
        _transaction.Close();
        try
        {
            Memory.Store64(TableLayout.GroupHolderAt, 0);
        }
        finally
        {
            _groupLock.Exit();
        }
    }

    /// <summary>The lock held; disposing gives it back, and drops what was not committed.</summary>
    public readonly struct Inside(GroupDoor door) : IDisposable
    {
        public LeaseTable Table => door._table;

        public void Dispose() => door.Leave();
    }
}
