using System.Buffers.Binary;

namespace Fiq.Crash.Tests.Trace.Laws;

/// <summary>
/// A segment is deleted only when an offset file on disk says, for every group, that all of it is settled; the oldest
/// first, and the next one only when the folder was synced in between.
/// </summary>
internal sealed class TrimmedLaw : ITraceLaw
{
    private const int FloorAt = 24;

    public IEnumerable<string> BreachesIn(TraceStory story)
    {
        var earlier = new List<Unlinked>();
        foreach (var unlinked in story.Calls.OfType<Unlinked>().Where(each => IsOfALivingQueue(story, each)))
        {
            var moment = unlinked.When.Start;
            var ordinal = TruthName.Segment(unlinked.Name)!.Value.Ordinal;
            var others = story.SegmentsIn(unlinked.Directory, moment).ToList();
            if (others.Exists(other => other.Ordinal < ordinal))
            {
                yield return $"{unlinked.Name} was deleted before an older segment";
            }

            if (earlier.Exists(other => other.Directory == unlinked.Directory
                && !story[other.Directory].IsDurable(other.When, moment)))
            {
                yield return $"{unlinked.Name} was deleted before the deletion of another was synced";
            }

            earlier.Add(unlinked);
            var end = others.Where(other => other.Ordinal == ordinal + 1).Select(other => (long?)other.BaseOffset)
                .FirstOrDefault();
            foreach (var (name, floor) in DurableFloors(story, unlinked.Directory, moment))
            {
                if (end is null || floor < end)
                {
                    yield return $"{unlinked.Name} was deleted while group {name} had {floor} on disk, not {end}";
                }
            }
        }
    }

    private static bool IsOfALivingQueue(TraceStory story, Unlinked unlinked) =>
        TruthName.Segment(unlinked.Name) is not null
        && !story.PathAt(unlinked.Directory, unlinked.When.Start)!.Split('/').Any(TruthName.MeansNothing);

    private static IEnumerable<(string Group, long? Floor)> DurableFloors(TraceStory story, int queue, long moment) =>
        from groups in story.In(queue, moment)
        where groups.Entry.Name == "groups"
        from each in story.In(groups.File.Inode, moment)
        where each.File.IsDirectory && !TruthName.MeansNothing(each.Entry.Name)
        select (each.Entry.Name, FloorIn(story, each.File.Inode, moment));

    /// <summary>The highest floor that a record on disk of the offset file states; null when none does.</summary>
    private static long? FloorIn(TraceStory story, int folder, long moment) =>
        (from found in story.In(folder, moment)
         where found.Entry.Name == "offset" && story.FindLooseName(found.File.Inode, moment) is null
         from write in found.File.Writes
         where write.Bytes.Span.StartsWith("FQOR"u8) && found.File.IsDurable(write.When, moment)
         select (long?)BinaryPrimitives.ReadInt64LittleEndian(write.Bytes.Span[FloorAt..])).Max();
}
