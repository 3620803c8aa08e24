using System.Text;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>
/// A queue's log without the queue. Each member has descriptors of its own, so that to the kernel's locks they are as
/// good as processes.
/// </summary>
internal sealed class LogRig : IDisposable
{
    public const ulong QueueId = 0x0123_4567_89AB_CDEF;
    public const long SmallSegmentBytes = 8 * 1024;

    private readonly LogFolder _folder = new();
    private ulong _nextRandom = 0x1000;

    public LogRig(long segmentBytes = 64 * 1024 * 1024, TimeProvider? time = null)
    {
        Context = new LogContext(
            _folder.Folder, QueueId, Guid.NewGuid(), segmentBytes, time ?? TimeProvider.System, NextRandom, 4711);
        LogBirth.Create(Context);
    }

    public LogContext Context { get; private set; }

    public IDirectory Folder => _folder.Folder;

    public string Path => _folder.Path;

    /// <summary>Every offset below it was durable, as groups would say.</summary>
    public long ProvenByGroups { get; set; }

    /// <summary>The segments' file names, in order.</summary>
    public List<string> Segments => [.. SegmentList.Read(Folder).Select(name => name.ToString())];

    public string PathOf(string name) => _folder.PathOf(name);

    /// <summary>The machine lost its power and came back: the control page means little now.</summary>
    public void Reboot() => Context = Context with { BootId = Guid.NewGuid() };

    public LogContext ContextOf(Faults faults) => Context with { Folder = new FaultyDirectory(Folder, faults) };

    public QueueLog Attach(Faults? faults = null, TimeProvider? time = null)
    {
        LogContext context = faults is null ? Context : ContextOf(faults);
        return QueueLog.Attach(time is null ? context : context with { Time = time }, () => ProvenByGroups);
    }

    /// <summary>Attaches alone, appends, leaves.</summary>
    public void Append(params string[] bodies)
    {
        using QueueLog log = Attach();
        foreach (string body in bodies) log.Append(body);
    }

    /// <summary>All that a reader of this member sees now.</summary>
    public static List<(long Offset, string Body)> ReadAll(QueueLog log) =>
        Read(log, log.FirstOffset, log.Watermark.Offset);

    public static List<(long Offset, string Body)> Read(QueueLog log, long from, long to)
    {
        using LogReader reader = log.OpenReader();
        return Read(reader, log, from, to);
    }

    public static List<(long Offset, string Body)> Read(LogReader reader, QueueLog log, long from, long to)
    {
        var messages = new List<StoredMessage>();
        long next = from;
        while (next < to) next = reader.Read(next, to, log.Watermark.Epoch, messages, long.MaxValue);
        return [.. messages.Select(each => (each.Offset, Encoding.UTF8.GetString(each.Message.Body.Span)))];
    }

    /// <summary>Attaches alone, reads everything, leaves.</summary>
    public List<(long Offset, string Body)> Reopened()
    {
        using QueueLog log = Attach();
        return ReadAll(log);
    }

    /// <summary>The control page as it stands, without being a member.</summary>
    public T OnPage<T>(Func<ControlPage, T> look)
    {
        using IFile control = ControlFile.Open(Folder, writable: true);
        using var page = new ControlPage(control.Map(ControlLayout.Size, writable: true));
        return look(page);
    }

    public SegmentHeader HeaderOf(string segment) =>
        SegmentHeader.Decode(segment, File.ReadAllBytes(PathOf(segment)).AsSpan(0, SegmentHeader.Size));

    public void Dispose() => _folder.Dispose();

    private ulong NextRandom() => Interlocked.Increment(ref _nextRandom);
}

/// <summary>Short forms for tests.</summary>
internal static class LogCalls
{
    public static Message MessageOf(string body) => new()
    {
        Key = MessageKey.Parse("key"),
        Body = Encoding.UTF8.GetBytes(body),
        ProcessingMicroseconds = 1_000,
    };

    /// <summary>One commit with these messages, all or none; the offset of the first.</summary>
    public static long Append(this QueueLog log, params string[] bodies)
    {
        using EncodedCommit commit = CommitOf(bodies);
        return log.Commit(commit);
    }

    public static EncodedCommit CommitOf(params string[] bodies)
    {
        var commit = new EncodedCommit();
        commit.Add([.. bodies.Select(MessageOf)], 1_700_000_000_000_000);
        commit.Close();
        return commit;
    }

    /// <summary>Runs something during which the process may be killed; true when it was.</summary>
    public static bool Dies(Action act)
    {
        try
        {
            act();
            return false;
        }
        catch (KilledException)
        {
            return true;
        }
    }

    /// <summary>Closes what a killed process had open, as the kernel does.</summary>
    public static void Abandon(this QueueLog log) => Dies(log.Dispose);

    public static Func<string, string, Errno> FailingOnce(string call, Errno errno)
    {
        bool failed = false;
        return (which, _) =>
        {
            if (failed || which != call) return Errno.None;
            failed = true;
            return errno;
        };
    }

    public static Func<string, string, Errno> Failing(string call, Errno errno, Func<string, bool>? name = null) =>
        (which, file) => which == call && (name is null || name(file)) ? errno : Errno.None;
}
