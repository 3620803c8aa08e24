using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace;

/// <summary>
/// What is called how, while the calls of a trace go by. Several processes are traced, so a name may be seen to go
/// a moment before somebody is seen to have opened it: names that went are remembered.
/// </summary>
internal sealed class StoreNames
{
    public const int Root = 0;

    private readonly Dictionary<(int Directory, string Name), int> _names = [];
    private readonly List<(int Directory, string Name, int Inode, Interval Removed)> _gone = [];
    private int _last = Root;

    public int Make(int directory, string name)
    {
        _names[(directory, name)] = ++_last;
        return _last;
    }

    /// <summary>What the name stood for at some moment of that time; null when it stood for nothing.</summary>
    public int? Find(int directory, string name, Interval when)
    {
        if (name is "." or "..")
        {
            return name == "." ? directory : Above(directory);
        }

        if (_names.TryGetValue((directory, name), out var inode))
        {
            return inode;
        }

        return _gone.Where(gone => gone.Directory == directory && gone.Name == name && !gone.Removed.IsBefore(when))
            .Select(gone => (int?)gone.Inode)
            .LastOrDefault();
    }

    /// <summary>Null above the root: what lies there is not ours to follow.</summary>
    private int? Above(int directory) => _names.Where(entry => entry.Value == directory)
        .Select(entry => (int?)entry.Key.Directory)
        .FirstOrDefault();

    public void Rename(int directory, string from, string to, Interval when)
    {
        var inode = Remove(directory, from, when);
        if (_names.ContainsKey((directory, to)))
        {
            Remove(directory, to, when);
        }

        _names[(directory, to)] = inode;
    }

    public int Remove(int directory, string name, Interval when)
    {
        if (!_names.Remove((directory, name), out var inode))
        {
            throw new InvalidOperationException($"the trace removes \"{name}\", which was never made");
        }

        _gone.Add((directory, name, inode, when));
        return inode;
    }
}
