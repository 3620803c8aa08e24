using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>An open folder of one queue: what its parts need to know, and its groups by name.</summary>
internal sealed class QueueFolder : IDisposable
{
    private const string GroupsName = "groups";
    private const string NewPrefix = ".new-";
    private const string DeletedPrefix = ".deleted-";

    private readonly FolderOptions _options;

    private QueueFolder(
        QueueName name, IDirectory folder, QueueFile file, QueueLimits ofStore, FolderOptions options)
    {
        Name = name;
        Directory = folder;
        File = file;
        // Dead letters are in no limit: they are kept until somebody has looked after them.
        (QueueLimits inStore, QueueLimits given) = name.IsDead
            ? (QueueLimits.None, QueueLimits.None)
            : (ofStore, options.Limits);
        Settings = new LiveSettings(folder, file, inStore, given, options.Time);
        _options = options;
        var process = ProcessIdentity.Current;
        Log = new LogContext(
            folder,
            file.Id,
            options.Files.BootId,
            file.Settings.SegmentBytes,
            options.Time,
            options.Random,
            process.Pid)
        {
            UniqueKeys = file.Settings.UniqueKeys,
            Bounds = Settings.Bounds,
        };
        Group = new GroupContext(file.Id, options.Files.BootId, options.Time, options.Random);
    }

    public QueueName Name { get; }

    public IDirectory Directory { get; }

    /// <summary>Its settings as they were when it was opened.</summary>
    public QueueFile File { get; }

    /// <summary>What holds now.</summary>
    public LiveSettings Settings { get; }

    public LogContext Log { get; }

    /// <summary>What is the same for all groups.</summary>
    public GroupContext Group { get; }

    /// <summary>Whether whoever consumes also verifies what nobody reads.</summary>
    public bool ChecksAtRest => _options.CheckAtRest;

    /// <summary>Whether a name in a store is a queue; other people's folders are passed over.</summary>
    public static bool IsQueue(IDirectory store, string entry)
    {
        if (store.TryStatus(entry) is not { Kind: EntryKind.Directory }) return false;
        using IDirectory? folder = store.TryOpenDirectory(entry);
        return folder is not null && (folder.TryStatus(QueueFile.Name) is not null
            || folder.TryStatus(ControlFile.Name) is not null
            || folder.List().Any(file => SegmentName.TryParse(file, out _)));
    }

    /// <summary>Opens a queue; null when there is none of that name.</summary>
    public static QueueFolder? TryOpen(IDirectory store, QueueName name, FolderOptions options)
    {
        IDirectory? folder = store.TryOpenDirectory(name.ToString());
        if (folder is null) return null;
        try
        {
            return new QueueFolder(name, folder, QueueFile.Read(folder), StoreConfig.Read(store), options);
        }
        catch (Exception error)
        {
            FileIdentity opened = folder.Identity;
            folder.Dispose();
            // Deleted while we looked into it: then the name is gone, or another queue's.
            if (error is DamagedException && store.TryStatus(name.ToString())?.Identity != opened) return null;
            throw;
        }
    }

    /// <summary>Joins the queue's log.</summary>
    /// <exception cref="DamagedException">The log is damaged, or begins behind what some group still needs.</exception>
    public QueueLog Attach()
    {
        try
        {
            return AttachChecked();
        }
        catch (DamagedException error)
        {
            throw error.In(Directory.Path);
        }
    }

    private QueueLog AttachChecked()
    {
        bool recovered = false;
        QueueLog log = QueueLog.Attach(Log, () =>
        {
            recovered = true;
            return ProvenByGroups();
        });
        try
        {
            if (recovered) RequireFloors(log.FirstOffset);
            return log;
        }
        catch
        {
            log.Dispose();
            throw;
        }
    }

    /// <summary>What a group needs to know.</summary>
    public GroupContext GroupOf(GroupName name) => Group with { Name = name };

    /// <summary>The names of the groups, in order.</summary>
    public List<GroupName> GroupNames()
    {
        using IDirectory groups = Groups();
        var names = new List<GroupName>();
        foreach (string entry in groups.List())
            if (GroupName.TryParse(entry, out GroupName name)
                && groups.TryStatus(entry) is { Kind: EntryKind.Directory })
                names.Add(name);
        names.Sort((left, right) => string.CompareOrdinal(left.ToString(), right.ToString()));
        return names;
    }

    /// <summary>Opens a group's folder; null when there is no such group.</summary>
    public IDirectory? TryOpenGroup(GroupName name)
    {
        using IDirectory groups = Groups();
        return groups.TryOpenDirectory(name.ToString());
    }

    /// <summary>
    /// Opens a group's folder to work in it. Whoever made the group may not have come to making its name durable, and
    /// what is settled in it must not be lost with it.
    /// </summary>
    public IDirectory? TryOpenGroupDurably(GroupName name)
    {
        using IDirectory groups = Groups();
        IDirectory? group = groups.TryOpenDirectory(name.ToString());
        if (group is not null) groups.Sync();
        return group;
    }

    /// <summary>Creates a group; false when there is one of that name. The groups lock is held.</summary>
    public bool TryCreateGroup(GroupName name, GroupStart start)
    {
        using IDirectory groups = Groups();
        return TryCreateGroup(groups, name, Group, start, _options.Random());
    }

    /// <summary>Whether a group's folder still has its name.</summary>
    public bool IsGroup(GroupName name, FileIdentity folder)
    {
        using IDirectory groups = Groups();
        return groups.TryStatus(name.ToString())?.Identity == folder;
    }

    /// <summary>
    /// Takes a group's name away, durably, and then what it was. The groups lock is held, and nobody is a member.
    /// </summary>
    public void RemoveGroup(GroupName name)
    {
        using IDirectory groups = Groups();
        RemoveLeftOvers(groups);
        string grave = $"{DeletedPrefix}{_options.Random():x16}";
        groups.Rename(name.ToString(), grave);
        groups.Sync();
        RemoveLeftOvers(groups);
    }

    /// <summary>Creates the folder of groups with the group `default` in it, for a queue that is being made.</summary>
    public static void CreateGroups(IDirectory queue, GroupContext context, GroupStart start, ulong random)
    {
        using IDirectory groups = queue.CreateDirectory(GroupsName);
        TryCreateGroup(groups, GroupName.Default, context, start, random);
    }

    /// <summary>
    /// The smallest floor that every group has on disk; null when there is no group. Only this may decide what is
    /// deleted.
    /// </summary>
    public long? SmallestDurableFloor()
    {
        long? smallest = null;
        foreach (GroupName name in GroupNames())
        {
            using IDirectory? group = TryOpenGroup(name);
            if (group is null) continue;
            long floor = GroupReader.ReadDurableFloor(group, GroupOf(name));
            smallest = Math.Min(smallest ?? long.MaxValue, floor);
        }

        return smallest;
    }

    /// <summary>Every offset below it was durable: only durable messages were ever taken.</summary>
    public long ProvenByGroups()
    {
        long proven = 0;
        foreach (GroupName name in GroupNames())
        {
            using IDirectory? group = TryOpenGroup(name);
            if (group is not null) proven = Math.Max(proven, GroupReader.ReadProven(group, GroupOf(name)));
        }

        return proven;
    }

    public void Dispose() => Directory.Dispose();

    private static bool TryCreateGroup(
        IDirectory groups, GroupName name, GroupContext context, GroupStart start, ulong random)
    {
        if (groups.TryStatus(name.ToString()) is not null) return false;
        RemoveLeftOvers(groups);
        string temporary = $"{NewPrefix}{random:x16}";
        using (IDirectory folder = groups.CreateDirectory(temporary))
            GroupFiles.Create(folder, context with { Name = name }, start);
        if (!groups.TryRenameNoReplace(temporary, name.ToString()))
        {
            FolderTree.Remove(groups, temporary);
            return false;
        }

        groups.Sync();
        return true;
    }

    // Under the groups lock, or in a folder that has no name yet: what another one left here is finished.
    private static void RemoveLeftOvers(IDirectory groups)
    {
        foreach (string entry in groups.List())
        {
            if (!entry.StartsWith(NewPrefix, StringComparison.Ordinal)
                && !entry.StartsWith(DeletedPrefix, StringComparison.Ordinal)) continue;
            try
            {
                FolderTree.Remove(groups, entry);
            }
            catch (FileSystemException error) when (error.Errno is Errno.NotEmpty or Errno.NoEntry)
            {
                // Somebody who is about to notice that the group is gone has put a file there: the next one's.
                continue;
            }
        }
    }

    /// <summary>
    /// Segments are deleted only up to the smallest durable floor: a group below the first one has lost messages.
    /// </summary>
    /// <exception cref="DamagedException">It has.</exception>
    public void RequireKept(GroupName group, long floor, long firstOffset)
    {
        if (floor >= firstOffset) return;
        throw new DamagedException(
            Directory.Path, 0, 0, $"group {group} has yet to see offsets {floor}..{firstOffset - 1}, and their "
                + "segments are missing");
    }

    private void RequireFloors(long firstOffset)
    {
        foreach (GroupName name in GroupNames())
        {
            using IDirectory? group = TryOpenGroup(name);
            if (group is null) continue;
            RequireKept(name, GroupReader.Read(group, GroupOf(name), long.MaxValue).Floor, firstOffset);
        }
    }

    private IDirectory Groups() => Directory.TryOpenDirectory(GroupsName)
        ?? throw new DamagedException($"{Directory.Path}/{GroupsName}", 0, 0, "the folder is missing");
}
