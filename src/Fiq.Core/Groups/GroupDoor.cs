using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// The way into the lease table: takes the group's kernel lock, does over again what a dead holder left unfinished,
/// and lets the table be touched only until the lock is given back.
/// </summary>
internal sealed class GroupDoor : IDisposable
{
    private readonly KernelLock groupLock;
    private readonly TableTransaction transaction;
    private readonly LeaseTable table;
    private readonly TimeSpan wait;
    private readonly string path;

    public GroupDoor(IFile file, ISharedMemory memory, string path, TimeProvider time, TimeSpan wait)
    {
        this.path = path;
        this.wait = wait;
        groupLock = new KernelLock(file, TableLayout.GroupLock, time);
        transaction = new TableTransaction(memory, path);
        table = new LeaseTable(transaction);
    }

    public ISharedMemory Memory => transaction.Memory;

    /// <summary>Takes the lock and makes the table whole.</summary>
    /// <exception cref="BusyException">Another process held the lock for too long.</exception>
    /// <exception cref="DamagedException">The table is damaged; it is rebuilt when all members have gone.</exception>
    public Inside Enter()
    {
        var inside = EnterUnchecked();
        try
        {
            if (!RedoRecord.TryReplay(Memory))
                throw transaction.Damage(TableLayout.RedoAt, 16, "the redo record");
            table.CheckState();
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
        groupLock.Enter(wait, () => (int)Memory.Load64(TableLayout.GroupHolderAt), $"the lock of group {path}");
        try
        {
            Memory.Store64(TableLayout.GroupHolderAt, (ulong)ProcessIdentity.Current.Pid);
            transaction.Open();
            return new Inside(this);
        }
        catch
        {
            groupLock.Exit();
            throw;
        }
    }

    public void Dispose() => groupLock.Dispose();

    private void Leave()
    {
        transaction.Close();
        try
        {
            Memory.Store64(TableLayout.GroupHolderAt, 0);
        }
        finally
        {
            groupLock.Exit();
        }
    }

    /// <summary>The lock held; disposing gives it back, and drops what was not committed.</summary>
    public readonly struct Inside(GroupDoor door) : IDisposable
    {
        public LeaseTable Table => door.table;

        public void Dispose() => door.Leave();
    }
}
