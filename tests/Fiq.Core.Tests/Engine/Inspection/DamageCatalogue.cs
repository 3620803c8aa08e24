using Fiq.Storage;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>Ways in which a queue of nine messages in three segments is damaged, and what each may cost.</summary>
internal static class DamageCatalogue
{
    private static readonly Dictionary<string, (Action<InspectionRig> Do, long[] Lost)> All = new()
    {
        ["a body in the middle"] = (rig => FlipIn(rig, 4, 300), [4]),
        ["a header in the middle"] = (rig => FlipIn(rig, 4, 20), [4]),
        ["the first body"] = (rig => FlipIn(rig, 0, 300), [0]),
        ["the last header of a full segment"] = (rig => FlipIn(rig, 5, 20), [5]),
        ["the last body of a full segment"] = (rig => FlipIn(rig, 5, 300), [5]),
        ["a body in the tail"] = (rig => FlipIn(rig, 7, 300), [7]),
        ["the last body of the log"] = (rig => FlipIn(rig, 8, 300), [8]),
        ["the last header of the log"] = (rig => FlipIn(rig, 8, 20), [8]),
        ["three places"] = (rig =>
        {
            foreach (long offset in (long[])[1, 4, 7]) FlipIn(rig, offset, 300);
        }, [1, 4, 7]),
        ["two neighbours"] = (rig => ZeroFrom(rig, 3, 100, 1200), [3, 4]),
        ["everything in a segment"] = (rig => Damages.Zero(rig.Segments[1], 256, 2900), [3, 4, 5]),
        ["the first 1,024 bytes of a segment"] = (rig => Damages.Zero(rig.Segments[1], 0, 1024), [3]),
        ["the first 1,024 bytes of the tail"] = (rig => Damages.Zero(rig.Segments[2], 0, 1024), [6]),
        ["a bit of a segment header"] = (rig => Damages.Flip(rig.Segments[1], 90), []),
        ["a bit of the tail's header"] = (rig => Damages.Flip(rig.Segments[2], 90), []),
        ["a checkpoint"] = (rig => Damages.Flip(rig.Segments[1], SegmentHeader.Size + 30), []),
        ["the whole header of a segment"] = (rig => Damages.Zero(rig.Segments[0], 0, 256), []),
        ["two headers and the end between them"] = (rig =>
        {
            Damages.Zero(rig.Segments[1], 0, 256);
            FlipIn(rig, 2, 20);
        }, [2]),
        ["a whole segment of zeros"] = (rig => Damages.Zero(rig.Segments[1], 0, 3100), [3, 4, 5]),
        ["a tail of zeros"] = (rig => Damages.Zero(rig.Segments[2], 0, 3100), [6, 7, 8]),
        ["a cut segment"] = (rig => Damages.Cut(rig.Segments[1], rig.PlaceOf(4).From + 60), [4, 5]),
        ["a cut tail"] = (rig => Damages.Cut(rig.Segments[2], rig.PlaceOf(7).From + 60), [7, 8]),
        ["a missing segment"] = (rig => File.Delete(rig.Segments[1]), [3, 4, 5]),
        ["a missing first segment"] = (rig => File.Delete(rig.Segments[0]), [0, 1, 2]),
        ["a missing tail"] = (rig => File.Delete(rig.Segments[2]), [6, 7, 8]),
        ["two missing segments"] = (rig =>
        {
            string second = rig.Segments[1];
            File.Delete(rig.Segments[0]);
            File.Delete(second);
        }, [0, 1, 2, 3, 4, 5]),
        ["all segments missing"] = (rig => rig.Segments.ForEach(File.Delete), [0, 1, 2, 3, 4, 5, 6, 7, 8]),
        ["two segments of one ordinal"] = (rig =>
            File.Copy(rig.Segments[1], rig.PathOf("00000002-00000000000000000777.log")), []),
        ["an offset file"] = (rig => Damages.Flip(rig.OffsetPath, 80), []),
        ["the header of an offset file"] = (rig => Damages.Zero(rig.OffsetPath, 0, 64), []),
        ["a missing offset file"] = (rig => File.Delete(rig.OffsetPath), []),
        ["a missing queue.json"] = (rig => File.Delete(rig.PathOf("queue.json")), []),
        ["a queue.json of garbage"] = (rig => File.WriteAllText(rig.PathOf("queue.json"), "{"), []),
        ["missing groups"] = (rig => Directory.Delete(rig.PathOf("groups"), recursive: true), []),
        ["a short control file"] = (rig => Damages.Cut(rig.PathOf("control"), 100), []),
    };

    public static IEnumerable<string> Names => All.Keys;

    /// <summary>Does the damage; returns the offsets that can't be saved.</summary>
    public static long[] Do(string name, InspectionRig rig)
    {
        All[name].Do(rig);
        return All[name].Lost;
    }

    private static void FlipIn(InspectionRig rig, long offset, int at)
    {
        (string path, long from, _) = rig.PlaceOf(offset);
        Damages.Flip(path, from + at);
    }

    private static void ZeroFrom(InspectionRig rig, long offset, int at, int length)
    {
        (string path, long from, _) = rig.PlaceOf(offset);
        Damages.Zero(path, from + at, length);
    }
}
