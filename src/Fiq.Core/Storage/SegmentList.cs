using Fiq.Files;

namespace Fiq.Storage;

/// <summary>The segments in a queue's folder, as the directory names them, in order of their ordinals.</summary>
internal static class SegmentList
{
    /// <summary>Reads the directory. Foreign names are passed over.</summary>
    /// <exception cref="DamagedException">An ordinal is missing or there twice, or offsets go backwards.</exception>
    public static List<SegmentName> Read(IDirectory folder)
    {
        var names = new List<SegmentName>();
        foreach (string fileName in folder.List())
            if (SegmentName.TryParse(fileName, out SegmentName name) && !IsEmptyFile(folder, fileName))
                names.Add(name);
        names.Sort();
        for (int i = 1; i < names.Count; i++)
        {
            if (names[i].Ordinal == names[i - 1].Ordinal)
                throw new DamagedException(names[i].ToString(), 0, 0, $"{names[i - 1]} has the same ordinal");
            if (names[i].Ordinal != names[i - 1].Ordinal + 1)
                throw new DamagedException(
                    names[i].ToString(), 0, 0, $"the segment between it and {names[i - 1]} is missing");
            if (names[i].BaseOffset < names[i - 1].BaseOffset)
                throw new DamagedException(names[i].ToString(), 0, 0, $"it begins before {names[i - 1]}");
        }

        return names;
    }

    /// <summary>
    /// The index of the segment that holds an offset, or would: the last one that begins at or before it. -1 when
    /// the offset lies before all of them. Segments with equal bases are empty but for the last.
    /// </summary>
    public static int IndexOf(IReadOnlyList<SegmentName> names, long offset)
    {
        int low = 0;
        int high = names.Count;
        while (low < high)
        {
            int middle = (low + high) / 2;
            if (names[middle].BaseOffset <= offset) low = middle + 1;
            else high = middle;
        }

        return low - 1;
    }

    // A segment gets its name only after it was written and synced, so an empty file is none of ours.
    private static bool IsEmptyFile(IDirectory folder, string fileName) =>
        folder.TryStatus(fileName) is not { Kind: EntryKind.File, Length: > 0 };
}
