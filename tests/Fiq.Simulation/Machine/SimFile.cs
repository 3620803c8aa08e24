using Fiq.Files;
using Fiq.Simulation.Persistence;

namespace Fiq.Simulation.Machine;

/// <summary>An open file of a simulated machine: a description with locks of its own.</summary>
internal sealed class SimFile : IFile
{
    private readonly SimProcess _process;
    private readonly long _inode;
    private readonly bool _writable;
    private int _errorsSeen;

    public SimFile(SimProcess process, long inode, string name, bool writable)
    {
        _process = process;
        _inode = inode;
        _writable = writable;
        Name = name;
        _errorsSeen = process.Machine.WriteErrors(inode);
        process.Opened(this);
    }

    public string Name { get; }

    public FileIdentity Identity => new(1, (ulong)_inode);

    public long Length
    {
        get
        {
            _process.Ask("stat", Name);
            return Content.Length;
        }
    }

    public long AllocatedBytes => Length;

    private SimMachine Machine => _process.Machine;

    private DiskHistory History => Machine.History;

    private FileContent Content => History.Now.File(_inode);

    public int Read(Span<byte> buffer, long position)
    {
        _process.Ask("read", Name);
        return Content.Read(buffer, position);
    }

    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        CheckWritable();
        try
        {
            _process.Call("write", Name);
        }
        catch (FileSystemException)
        {
            // What did fit stays in the file, and that may be all of it: an error does not undo it.
            int begun = Machine.Random.Next(3) == 0 ? bytes.Length : Machine.Random.Next(bytes.Length);
            if (begun > 0) History.Write(_inode, position, bytes[..begun]);
            throw;
        }

        History.Write(_inode, position, bytes);
    }

    public void SyncData() => Sync("fdatasync");

    public void Sync() => Sync("fsync");

    public void Allocate(long length)
    {
        _process.Call("allocate", Name);
        History.Allocate(_inode, length);
    }

    public void SetLength(long length)
    {
        CheckWritable();
        _process.Call("truncate", Name);
        History.SetLength(_inode, length);
    }

    public long? FindData(long position)
    {
        _process.Ask("seek", Name);
        return Content.FindData(position);
    }

    public bool TryLock(long at, bool exclusive)
    {
        _process.Call("lock", Name);
        return Machine.Locks.TryTake(Place(at), this, exclusive);
    }

    public void Unlock(long at)
    {
        _process.Effect();
        Machine.Locks.Free(Place(at), this);
        Machine.Schedule.Wake(Place(at));
    }

    public bool IsLockedByOther(long at)
    {
        _process.Ask("lock", Name);
        return Machine.Locks.IsHeldByOther(Place(at), this);
    }

    public void WaitForUnlock(long at, TimeSpan about) => Machine.Schedule.Sleep(_process, Place(at), about);

    public ISharedMemory Map(int length, bool writable)
    {
        _process.Ask("map", Name);
        if (Content.Length < length)
            throw new FileSystemException("mmap", Name, Errno.InvalidArgument, "it is shorter than what is mapped");
        return new SimMemory(_process, _inode, length, writable);
    }

    public void Dispose() => CloseByKernel();

    /// <summary>Closes it; a dead process's files are closed by the kernel.</summary>
    public void CloseByKernel()
    {
        _process.Closed(this);
        foreach (WaitPlace place in Machine.Locks.FreeAll(this)) Machine.Schedule.Wake(place);
    }

    // It takes its time, and others go on meanwhile: what they write may be covered, and is not promised.
    private void Sync(string call)
    {
        int startedAt = History.Count;
        _process.Rest(Machine.Random.NextDouble() * Machine.SlowestSync);
        try
        {
            _process.Call(call, Name);
        }
        catch (FileSystemException)
        {
            Machine.FailWriteBack(_inode);
        }

        _process.Look();
        if (_errorsSeen != Machine.WriteErrors(_inode))
        {
            _errorsSeen = Machine.WriteErrors(_inode);
            throw new FileSystemException(call, Name, Errno.InputOutput, "writing back has failed");
        }

        History.Sync(_inode, startedAt, succeeded: true);
    }

    private void CheckWritable()
    {
        if (!_writable) throw new FileSystemException("write", Name, Errno.BadDescriptor, "opened for reading");
    }

    private WaitPlace Place(long at) => new(_inode, at);
}
