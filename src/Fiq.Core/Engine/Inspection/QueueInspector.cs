using System.Globalization;
using Fiq.Files;
using Fiq.Groups.Inspection;
using Fiq.Storage;
using Fiq.Storage.Inspection;

namespace Fiq.Engine.Inspection;

/// <summary>Puts what a survey found into words that callers know.</summary>
internal static class QueueInspector
{
    public static QueueInspection Describe(QueueSurvey survey)
    {
        LogInspection log = survey.Log;
        List<DamageFinding> damages = [.. Damages(survey)];
        SegmentInspection? tail = log.Segments.LastOrDefault();
        long torn = damages.Count == 0 ? tail?.TornBytes ?? 0 : 0;
        return new QueueInspection
        {
            Name = survey.Name,
            Health = damages.Count > 0 ? QueueHealth.Damaged : torn > 0 ? QueueHealth.TornTail : QueueHealth.Clean,
            IsInUse = survey.Proofs.IsLive,
            FirstOffset = log.Segments.FirstOrDefault()?.Name.BaseOffset ?? 0,
            NextOffset = Math.Max(log.Proof, tail?.End.Offset ?? 0),
            Messages = log.Segments.Sum(segment => segment.Messages),
            Segments = log.Segments.Count,
            Bytes = log.Segments.Sum(segment => segment.Length),
            Damages = damages,
            Lost = [.. log.Segments.SelectMany(segment => segment.Recorded)
                .Where(lost => lost.To > lost.From).Select(lost => new LostRange(lost.From, lost.To))],
            TornBytes = torn,
            TornFile = torn > 0 ? tail!.Name.ToString() : null,
            TornPosition = torn > 0 ? tail!.End.Position : 0,
            TornIsCertain = torn > 0 && survey.Proofs is { IsOfThisBoot: true, Watermark: LogMark watermark }
                && watermark.Segment == tail!.Name && watermark.Position <= tail.End.Position,
            Unproven = tail is null || tail.Limit.IsStated ? 0 : tail.End.Offset - tail.Proven.Offset,
            Notes = [.. Notes(survey)],
        };
    }

    private static IEnumerable<DamageFinding> Damages(QueueSurvey survey)
    {
        if (survey.FileDamage is DamagedException file) yield return Of(file, QueueFile.Name);
        if (survey.ControlDamage is DamagedException control) yield return Of(control, ControlFile.Name);
        foreach (DamageFinding damage in InLog(survey)) yield return damage;
        if (survey.Groups is null)
            yield return new DamageFinding(QueueSurvey.GroupsName, 0, 0, "the folder is missing", 0, 0, 0);
        foreach ((GroupName name, GroupInspection group) in survey.Groups ?? [])
        {
            if (group.Damage is DamagedException damage)
                yield return Of(damage, $"{QueueSurvey.GroupsName}/{name}/offset");
        }
    }

    private static IEnumerable<DamageFinding> InLog(QueueSurvey survey)
    {
        LogInspection log = survey.Log;
        if (log.Segments.Count == 0 && log.Missing.Count == 0)
            yield return Lost(survey, "*.log", 0, 0, "there is no segment", 0, log.Proof);
        foreach (SegmentName twin in log.Superfluous)
            yield return new DamageFinding(
                twin.ToString(), 0, 0, "another segment has the same ordinal, and counts", 0, 0, 0);
        var missing = new Queue<MissingSegments>(log.Missing);
        foreach (SegmentInspection segment in log.Segments)
        {
            while (missing.TryPeek(out MissingSegments? gap) && gap.ToOrdinal <= segment.Name.Ordinal)
                yield return Missing(survey, missing.Dequeue());
            foreach (DamageFinding damage in InSegment(survey, segment)) yield return damage;
        }

        while (missing.TryDequeue(out MissingSegments? gap)) yield return Missing(survey, gap);
    }

    private static IEnumerable<DamageFinding> InSegment(QueueSurvey survey, SegmentInspection segment)
    {
        string name = segment.Name.ToString();
        if (segment.HeaderDamage is string what && segment.Header is not null)
            yield return new DamageFinding(name, 0, SegmentHeader.Size, what, 0, 0, 0);
        foreach (SegmentDamage damage in segment.Damages)
            yield return Lost(
                survey, name, damage.FromPosition, damage.ToPosition, damage.What, damage.FromOffset, damage.ToOffset);
    }

    private static DamageFinding Missing(QueueSurvey survey, MissingSegments gap)
    {
        string first = string.Create(CultureInfo.InvariantCulture, $"{gap.FromOrdinal:D8}-*.log");
        string file = gap.ToOrdinal - gap.FromOrdinal == 1
            ? first
            : string.Create(CultureInfo.InvariantCulture, $"{first} to {gap.ToOrdinal - 1:D8}-*.log");
        return Lost(survey, file, 0, 0, "it is missing", gap.FromOffset, gap.ToOffset);
    }

    private static DamageFinding Lost(
        QueueSurvey survey, string file, long fromPosition, long toPosition, string what, long from, long to) =>
        new(file, fromPosition, toPosition, what, from, to, survey.SettledByAll(from, to));

    private static DamageFinding Of(DamagedException damage, string file) =>
        new(file, damage.FromPosition, damage.ToPosition, damage.What, 0, 0, 0);

    private static IEnumerable<string> Notes(QueueSurvey survey)
    {
        foreach (SegmentInspection segment in survey.Log.Segments)
        {
            if (segment.StrayBytes > 0)
                yield return $"{segment.Name} has {segment.StrayBytes} bytes behind its end that are no footer: "
                    + "nothing reads them";
            if (segment.WrongSums > 0)
                yield return $"{segment.Name} has {segment.WrongSums} batches whose running sums do not fit: "
                    + "a backlog in seconds may be wrong, no message is";
        }

        foreach ((GroupName name, GroupInspection group) in survey.Groups ?? [])
        {
            if (group.IsTorn)
                yield return $"groups/{name}/offset ends in an unfinished record, which the next flush replaces";
        }

        foreach (string note in FolderNotes.Of(survey.Folder)) yield return note;
        using IDirectory? groups = survey.Folder.TryOpenDirectory(QueueSurvey.GroupsName);
        foreach ((GroupName name, _) in survey.Groups ?? [])
        {
            using IDirectory? group = groups?.TryOpenDirectory(name.ToString());
            foreach (string note in group is null ? [] : GroupNotes.Of(group)) yield return $"groups/{name}/{note}";
        }
    }
}
