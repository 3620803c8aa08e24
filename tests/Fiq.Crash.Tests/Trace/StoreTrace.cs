using System.Text;
using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace;

/// <summary>
/// Turns the system calls of several processes into what they did to the store below one folder, in the order in
/// which they began. A call that it does not understand and that touches the store is an error: a proof from a trace
/// with holes proves nothing.
/// </summary>
internal sealed class StoreTrace
{
    private const string WorkingFolder = "AT_FDCWD";
    private const int StandardOutput = 1;

    private readonly string _root;
    private readonly StoreNames _names = new();
    private readonly Dictionary<(int Process, long Descriptor), int> _open = [];
    private readonly List<StoreCall> _calls = [];

    private StoreTrace(string root)
    {
        _root = root.TrimEnd('/');
    }

    /// <param name="root">The folder; it is there, empty, before the first process begins.</param>
    /// <param name="traced">The calls of all processes.</param>
    public static IReadOnlyList<StoreCall> Of(string root, IEnumerable<TracedCall> traced)
    {
        var trace = new StoreTrace(root);
        foreach (var call in traced.OrderBy(Moment))
        {
            trace.Take(call);
        }

        return [.. trace._calls.OrderBy(call => call.When.Start)];
    }

    /// <summary>
    /// A descriptor is there when its open has returned, and until its close begins; all others use what is open and
    /// change names at the earliest when they begin.
    /// </summary>
    private static long Moment(TracedCall call) => call.Name is "openat" or "open" or "creat"
        ? call.When.End
        : call.When.Start;

    private void Take(TracedCall call)
    {
        var arguments = call.Arguments;
        switch (call.Name)
        {
            case "openat" when call.HasSucceeded:
                Open(call);
                break;
            case "close":
                _open.Remove((call.Process, StraceText.Number(arguments[0])));
                break;
            case "mkdirat" when call.HasSucceeded && Directory(call, arguments[0]) is { } directory:
                Make(call, directory, StraceText.Name(arguments[1]), isDirectory: true);
                break;
            case "renameat2" when call.HasSucceeded && Directory(call, arguments[0]) is { } directory:
                Rename(call, directory);
                break;
            case "unlinkat" when call.HasSucceeded && Directory(call, arguments[0]) is { } directory:
                Unlink(call, directory);
                break;
            case "write" when StraceText.Number(arguments[0]) == StandardOutput:
                _calls.Add(new Told(call.Process, call.When, Encoding.UTF8.GetString(WrittenBytes(call))));
                break;
            case "mmap":
                Map(call);
                break;
            default:
                TakeByDescriptor(call);
                break;
        }
    }

    private void TakeByDescriptor(TracedCall call)
    {
        var arguments = call.Arguments;
        if (call.Name is not ("write" or "pwrite64") && call.Result is null or >= 0
            && arguments.Any(argument => argument.Contains(_root, StringComparison.Ordinal)))
        {
            throw new NotSupportedException($"{call.Name} by path: {string.Join(", ", arguments)}");
        }

        if (Inode(call, arguments[0]) is not { } inode)
        {
            return;
        }

        StoreCall? known = call.Name switch
        {
            "mkdirat" or "renameat2" or "unlinkat" when !call.HasSucceeded => null,
            "fsync" or "fdatasync" => new Synced(call.Process, call.When, inode, call.Result == 0),
            _ when call.Result < 0 => null,
            "pwrite64" => new Written(
                call.Process, call.When, inode, StraceText.Number(arguments[3]), WrittenBytes(call)),
            "ftruncate" => new Resized(call.Process, call.When, inode, StraceText.Number(arguments[1])),
            "fallocate" when arguments[1] == "0" && arguments[2] == "0" =>
                new Allocated(call.Process, call.When, inode, StraceText.Number(arguments[3])),
            _ => throw new NotSupportedException($"{call.Name} on a file of the store"),
        };
        if (known is not null)
        {
            _calls.Add(known);
        }
    }

    /// <summary>All that it was given when it died inside, else what the kernel says it took.</summary>
    private static byte[] WrittenBytes(TracedCall call)
    {
        var bytes = StraceText.Bytes(call.Arguments[1]);
        return call.Result is { } taken ? bytes[..(int)Math.Max(taken, 0)] : bytes;
    }

    private void Open(TracedCall call)
    {
        var (flags, path) = (call.Arguments[2], StraceText.Name(call.Arguments[1]));
        var isNew = StraceText.HasFlag(flags, "O_EXCL");
        var directory = Directory(call, call.Arguments[0]);
        var inode = call.Arguments[0] == WorkingFolder ? FindByPath(path, call.When)
            : directory is null ? null
            : isNew ? Make(call, directory.Value, path, isDirectory: false)
            : Opened(directory.Value, path, call.When);
        if (inode is null)
        {
            return;
        }

        var mayChange = StraceText.HasFlag(flags, "O_CREAT") || StraceText.HasFlag(flags, "O_TRUNC");
        if (mayChange && (!isNew || directory is null))
        {
            throw new NotSupportedException($"an open that may create or cut a file which is there: {path}");
        }

        _open[(call.Process, call.Result!.Value)] = inode.Value;
    }

    /// <summary>Null above the root: what lies there is not followed.</summary>
    private int? Opened(int directory, string name, Interval when)
    {
        var inode = _names.Find(directory, name, when);
        return inode is not null || name == ".."
            ? inode
            : throw new InvalidOperationException($"the trace opens \"{name}\", which was never made");
    }

    private int? FindByPath(string path, Interval when)
    {
        if (path != _root && !path.StartsWith(_root + "/", StringComparison.Ordinal))
        {
            return null;
        }

        int? inode = StoreNames.Root;
        foreach (var name in path[_root.Length..].Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            inode = inode is null ? null : _names.Find(inode.Value, name, when);
        }

        return inode;
    }

    private int Make(TracedCall call, int directory, string name, bool isDirectory)
    {
        var inode = _names.Make(directory, name);
        _calls.Add(new Made(call.Process, call.When, directory, name, inode, isDirectory));
        return inode;
    }

    private void Rename(TracedCall call, int directory)
    {
        if (Directory(call, call.Arguments[2]) != directory)
        {
            throw new NotSupportedException("a rename from one directory into another");
        }

        var (from, to) = (StraceText.Name(call.Arguments[1]), StraceText.Name(call.Arguments[3]));
        _names.Rename(directory, from, to, call.When);
        _calls.Add(new Renamed(call.Process, call.When, directory, from, to));
    }

    private void Unlink(TracedCall call, int directory)
    {
        var name = StraceText.Name(call.Arguments[1]);
        _names.Remove(directory, name, call.When);
        var isDirectory = StraceText.HasFlag(call.Arguments[2], "AT_REMOVEDIR");
        _calls.Add(new Unlinked(call.Process, call.When, directory, name, isDirectory));
    }

    private void Map(TracedCall call)
    {
        var isShared = StraceText.HasFlag(call.Arguments[3], "MAP_SHARED");
        var isWritable = StraceText.HasFlag(call.Arguments[2], "PROT_WRITE");
        if (isShared && isWritable && Inode(call, call.Arguments[4]) is { } inode)
        {
            _calls.Add(new Mapped(call.Process, call.When, inode));
        }
    }

    private int? Directory(TracedCall call, string argument) =>
        argument == WorkingFolder ? null : Inode(call, argument);

    private int? Inode(TracedCall call, string argument) =>
        long.TryParse(argument, out var descriptor) && _open.TryGetValue((call.Process, descriptor), out var inode)
            ? inode
            : null;
}
