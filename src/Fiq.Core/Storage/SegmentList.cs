using Fiq.Files;

namespace Fiq.Storage;

/// <summary>The segments in a queue's folder, as the directory names them, in order of their ordinals.</summary>
internal static class SegmentList
{
    // Segments may be deleted while the directory is read, one after the other, oldest first.
    private const int TriesMax = 8;

    /// <summary>Reads the directory. Foreign names are passed over.</summary>
    /// <exception cref="DamagedException">An ordinal is missing or there twice, or offsets go backwards.</exception>
    public static List<SegmentName> Read(IDirectory folder)
    {
        for (int attempt = 1; ; attempt++)
        {
            List<SegmentName> names = ReadOnce(folder);
            DamagedException? damage = FindDamage(names);
            if (damage is null) return names;
            if (attempt == TriesMax) throw damage;
        }
    }

    /// <summary>The segment of an ordinal; null when there is none.</summary>
    public static SegmentName? Find(IDirectory folder, long ordinal)
    {
        foreach (string fileName in folder.List())
            if (SegmentName.TryParse(fileName, out SegmentName name) && name.Ordinal == ordinal
                && IsOurs(folder, fileName))
                return name;
        return null;
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

    private static List<SegmentName> ReadOnce(IDirectory folder)
    {
        var names = new List<SegmentName>();
        foreach (string fileName in folder.List())
            if (SegmentName.TryParse(fileName, out SegmentName name) && IsOurs(folder, fileName)) names.Add(name);
        names.Sort();
        return names;
    }

    // A segment gets its name only after it was written and synced, so an empty file is none of ours.
    private static bool IsOurs(IDirectory folder, string fileName) =>
        folder.TryStatus(fileName) is { Kind: EntryKind.File, Length: > 0 };

    private static DamagedException? FindDamage(List<SegmentName> names)
    {
        for (int i = 1; i < names.Count; i++)
        {
            string? what = names[i].Ordinal == names[i - 1].Ordinal ? $"{names[i - 1]} has the same ordinal"
                : names[i].Ordinal != names[i - 1].Ordinal + 1
                    ? $"the segment between it and {names[i - 1]} is missing"
                : names[i].BaseOffset < names[i - 1].BaseOffset ? $"it begins before {names[i - 1]}"
                : null;
            if (what is not null) return new DamagedException(names[i].ToString(), 0, 0, what);
        }

        return null;
    }
}
