using Fiq.Files;
using Fiq.Groups;
using Fiq.Groups.Inspection;
using Fiq.Storage;
using Fiq.Storage.Inspection;

namespace Fiq.Engine.Inspection;

/// <summary>
/// Everything that can be found out about a queue's folder without attaching to it, also when nobody can. Reads all,
/// changes nothing.
/// </summary>
internal sealed record QueueSurvey
{
    public const string GroupsName = "groups";

    public required QueueName Name { get; init; }

    public required IDirectory Folder { get; init; }

    /// <summary>`queue.json`, or what stands for it.</summary>
    public required QueueFile File { get; init; }

    public DamagedException? FileDamage { get; init; }

    public DamagedException? ControlDamage { get; init; }

    public required LogContext LogContext { get; init; }

    public required GroupContext GroupContext { get; init; }

    public required LogProofs Proofs { get; init; }

    public required LogInspection Log { get; init; }

    /// <summary>The groups in order of their names; null when their folder is missing.</summary>
    public IReadOnlyList<(GroupName Name, GroupInspection Found)>? Groups { get; init; }

    /// <summary>Surveys a queue whose folder is open.</summary>
    /// <param name="name">The queue.</param>
    /// <param name="folder">Its folder.</param>
    /// <param name="options">How it is opened.</param>
    /// <param name="isAlone">Whether this process holds the queue alone.</param>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: written by a newer fiq.</exception>
    public static QueueSurvey Of(QueueName name, IDirectory folder, FolderOptions options, bool isAlone = false)
    {
        (QueueFile file, DamagedException? fileDamage) = QueueIdentity.Of(folder);
        ProcessIdentity process = ProcessIdentity.Current;
        var log = new LogContext(
            folder,
            file.Id,
            options.Files.BootId,
            file.Settings.SegmentBytes,
            options.Time,
            options.Random,
            process.Pid);
        var groupContext = new GroupContext(file.Id, options.Files.BootId, options.Time, options.Random);
        using var control = ControlLook.Open(log);
        // First the groups, then the watermark: in a queue that is in use the groups can't be ahead of it then.
        List<(GroupName Name, GroupInspection Found)>? groups = ReadGroups(folder, groupContext);
        LogProofs proofs = control.Proofs(
            groups?.Max(group => (long?)group.Found.Proven) ?? 0,
            groups?.Min(group => group.Found.Status?.Floor ?? group.Found.Salvage?.State?.Sums.Floor),
            isAlone);
        return new QueueSurvey
        {
            Name = name,
            Folder = folder,
            File = file,
            FileDamage = fileDamage,
            ControlDamage = control.Damage,
            LogContext = log,
            GroupContext = groupContext,
            Proofs = proofs,
            Log = new LogInspector(log, proofs).Run(),
            Groups = groups,
        };
    }

    /// <summary>How many of some messages every group has settled.</summary>
    public long SettledByAll(long from, long to)
    {
        if (Groups is null || Groups.Count == 0) return 0;
        var unsettled = new OffsetUnion();
        foreach ((_, GroupInspection group) in Groups)
        {
            // What a damaged file says of single messages is not believed.
            if (group.Status is not GroupStatus status) return 0;
            foreach (OffsetRun run in status.Unsettled) unsettled.Add(Math.Max(run.From, from), Math.Min(run.To, to));
            unsettled.Add(Math.Max(status.Cursor, from), to);
        }

        return to - from - unsettled.Count();
    }

    private static List<(GroupName Name, GroupInspection Found)>? ReadGroups(IDirectory folder, GroupContext context)
    {
        using IDirectory? groups = folder.TryOpenDirectory(GroupsName);
        if (groups is null) return null;
        var found = new List<(GroupName Name, GroupInspection Found)>();
        foreach (string entry in groups.List().Order(StringComparer.Ordinal))
        {
            if (!GroupName.TryParse(entry, out GroupName name)) continue;
            if (groups.TryStatus(entry) is not { Kind: EntryKind.Directory }) continue;
            using IDirectory? group = groups.TryOpenDirectory(entry);
            if (group is not null) found.Add((name, GroupInspection.Of(group, context with { Name = name })));
        }

        return found;
    }
}
