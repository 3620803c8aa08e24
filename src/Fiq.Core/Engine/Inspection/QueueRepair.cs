using Fiq.Files;
using Fiq.Groups;
using Fiq.Groups.Inspection;
using Fiq.Storage;
using Fiq.Storage.Inspection;
using Fiq.Storage.Repair;

namespace Fiq.Engine.Inspection;

/// <summary>
/// Mends a damaged queue: what is intact is delivered with its old offset, what is lost is recorded, no offset is given
/// out twice, and every damaged file is kept. A repair that was interrupted is simply run again.
/// </summary>
internal sealed class QueueRepair(QueueName name, IDirectory folder, FolderOptions options)
{
    /// <summary>What a repair would do. Takes no lock and changes nothing.</summary>
    /// <exception cref="BusyException">Somebody uses the queue.</exception>
    public RepairReport Plan()
    {
        QueueSurvey survey = QueueSurvey.Of(name, folder, options);
        using (var look = ControlLook.Open(survey.LogContext))
            if (look.HasMembers || look.HasOnlookers)
                throw new BusyException("the queue", look.HasMembers ? look.LastMember : 0);
        return Report(survey, isDone: false);
    }

    /// <summary>Repairs, alone.</summary>
    /// <exception cref="BusyException">Somebody uses the queue, or looks at it.</exception>
    public RepairReport Run()
    {
        QueueSurvey first = QueueSurvey.Of(name, folder, options);
        RepairReport planned = Report(first, isDone: false);
        if (planned.Found.Health != QueueHealth.Damaged) return planned;
        using var alone = QueueAlone.Enter(first.LogContext);
        PutBack(first.Log);
        // Only what is seen now, with nobody else inside, counts.
        QueueSurvey survey = QueueSurvey.Of(name, folder, options, isAlone: true);
        RepairReport report = Report(survey, isDone: true);
        RemoveTemporaries();
        RepairFile(survey);
        if (survey.Log.IsDamaged) new LogRepair(survey.LogContext, survey.Proofs, survey.Log).Run();
        RepairGroups(survey);
        // The control file was mended on the way in.
        return first.ControlDamage is null ? report : planned with { IsDone = true };
    }

    private static RepairReport Report(QueueSurvey survey, bool isDone) =>
        new(QueueInspector.Describe(survey), [.. Steps(survey)], isDone);

    private static IEnumerable<RepairStep> Steps(QueueSurvey survey)
    {
        IDirectory folder = survey.Folder;
        if (survey.ControlDamage is not null)
            yield return StepOf(folder, ControlFile.Name, "made anew; nothing in it is needed");
        if (survey.FileDamage is not null)
            yield return StepOf(folder, QueueFile.Name, "made anew, with the default settings");
        if (survey.Log.IsDamaged)
            foreach ((string file, string what, bool isKept) in
                new LogRepair(survey.LogContext, survey.Proofs, survey.Log).Plan())
                yield return new RepairStep(file, what, isKept ? Evidence.NameFor(folder, file) : null);
        if (survey.Groups is null)
            yield return new RepairStep(QueueSurvey.GroupsName, "made anew, with the group default", null);
        foreach ((GroupName group, GroupInspection found) in survey.Groups ?? [])
        {
            if (found.Damage is null) continue;
            string path = $"{QueueSurvey.GroupsName}/{group}/{OffsetFileWriter.Name}";
            string what = found.Salvage?.State is OffsetFileContent state
                ? $"made anew as it was at offset {state.Sums.Floor}: what was settled since comes again"
                : "made anew at the first message that is kept: what was settled comes again";
            yield return new RepairStep(path, what, $"{OffsetFileWriter.Name}{Evidence.Infix}N in its folder");
        }
    }

    private static RepairStep StepOf(IDirectory folder, string file, string what) =>
        new(file, what, folder.TryStatus(file) is null ? null : Evidence.NameFor(folder, file));

    /// <summary>
    /// A segment that is missing while its damaged self was moved aside: whoever repaired it died in between.
    /// </summary>
    private void PutBack(LogInspection log)
    {
        foreach (MissingSegments gap in log.Missing)
        {
            for (long ordinal = gap.FromOrdinal; ordinal < gap.ToOrdinal; ordinal++)
            {
                string? kept = folder.List()
                    .Where(Evidence.IsOne)
                    .Where(entry => entry.StartsWith($"{ordinal:D8}-", StringComparison.Ordinal))
                    .MaxBy(entry => (entry.Length, entry));
                if (kept is null) continue;
                string segment = kept[..kept.IndexOf(Evidence.Infix, StringComparison.Ordinal)];
                if (SegmentName.TryParse(segment, out _)) Evidence.TryPutBack(folder, segment);
            }
        }

        folder.Sync();
    }

    private void RemoveTemporaries()
    {
        foreach (string entry in folder.List())
            if (entry.EndsWith(SegmentBirth.TemporarySuffix, StringComparison.Ordinal)) folder.TryUnlink(entry);
    }

    private void RepairFile(QueueSurvey survey)
    {
        if (survey.FileDamage is null) return;
        if (survey.File.Id == 0)
            throw new DamagedException(
                $"{folder.Path}/{QueueFile.Name}", 0, 0, "no file of the queue says which queue it is");
        Evidence.Keep(folder, QueueFile.Name);
        survey.File.Create(folder);
        folder.Sync();
    }

    private void RepairGroups(QueueSurvey survey)
    {
        GroupStart first = FirstKept(survey.LogContext);
        if (survey.Groups is null)
        {
            QueueFolder.CreateGroups(folder, survey.GroupContext, first, options.Random());
            folder.Sync();
        }

        using IDirectory? groups = folder.TryOpenDirectory(QueueSurvey.GroupsName);
        foreach ((GroupName group, GroupInspection found) in survey.Groups ?? [])
        {
            if (found.Salvage is null) continue;
            using IDirectory? groupFolder = groups?.TryOpenDirectory(group.ToString());
            if (groupFolder is not null)
                OffsetFileRepair.Run(
                    groupFolder, survey.GroupContext with { Name = group }, found.Salvage, first);
        }
    }

    private static GroupStart FirstKept(LogContext context)
    {
        SegmentName name = SegmentList.Read(context.Folder)[0];
        using SegmentFile? segment = SegmentFile.TryOpen(context.Folder, name, context.QueueId, writable: false);
        return new GroupStart(name.BaseOffset, segment?.Header.Sums.Microseconds ?? 0);
    }
}
