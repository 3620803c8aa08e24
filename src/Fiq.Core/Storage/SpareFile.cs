using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// One empty file made ahead, so that a roll does not wait for allocation. It is room and nothing else: whoever
/// cannot have it at once makes his own.
/// </summary>
internal sealed class SpareFile(LogContext context, ControlLocks locks)
{
    private const string FileName = "spare" + SegmentBirth.TemporarySuffix;

    /// <summary>Makes the spare file, unless it is there or somebody else is at it.</summary>
    public void Prepare()
    {
        if (!locks.TryEnter(ControlLock.Spare)) return;
        try
        {
            if (context.Folder.TryStatus(FileName) is not null) return;
            using IFile file = context.Folder.CreateFile(FileName);
            SegmentBirth.Allocate(context, file, context.SegmentBytesNow);
        }
        catch (FileSystemException error) when (error.IsNoSpace || error.Errno == Errno.Exists)
        {
            // Nothing depends on it: the roller asks for room himself and says when there is none.
            return;
        }
        finally
        {
            locks.Exit(ControlLock.Spare);
        }
    }

    /// <summary>Takes the spare file under its lock; null when there is none.</summary>
    public Loan? TryTake()
    {
        if (!locks.TryEnter(ControlLock.Spare)) return null;
        IFile? file = null;
        try
        {
            file = context.Folder.TryOpenFile(FileName, writable: true);
            // A byte in it would be taken for a log: only a file that is nothing but room is used.
            if (file is not null && BatchBody.FindNonZero(file, 0) is null) return new Loan(locks, file, FileName);
        }
        catch
        {
            file?.Dispose();
            locks.Exit(ControlLock.Spare);
            throw;
        }

        file?.Dispose();
        if (file is not null) context.Folder.TryUnlink(FileName);
        locks.Exit(ControlLock.Spare);
        return null;
    }

    /// <summary>The spare file in one's hands; the lock is kept until it has its new name.</summary>
    public sealed class Loan(ControlLocks locks, IFile file, string name) : IDisposable
    {
        private IFile? _file = file;

        public string Name { get; } = name;

        /// <summary>Hands the file over; the taker disposes it.</summary>
        public IFile TakeFile()
        {
            IFile taken = _file ?? throw new InvalidOperationException("the spare file was taken before");
            _file = null;
            return taken;
        }

        public void Dispose()
        {
            _file?.Dispose();
            _file = null;
            locks.Exit(ControlLock.Spare);
        }
    }
}
