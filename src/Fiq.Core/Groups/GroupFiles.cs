using Fiq.Files;

namespace Fiq.Groups;

/// <summary>Creates the two files of a group.</summary>
internal static class GroupFiles
{
    /// <summary>
    /// Writes them whole and syncs them and the folder, which must be new and private to the caller. Throws
    /// <see cref="FileSystemException"/>.
    /// </summary>
    public static void Create(IDirectory groupFolder, GroupContext context, GroupStart start)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(start.Offset);
        var header = new OffsetFileHeader(context.QueueId, Generation: 1, context.NameHash);
        var sums = new OffsetSums(start.Offset, start.Offset, start.Offset, start.SettledMicroseconds);
        CreateLeases(groupFolder, context);
        // The offset file comes last and syncs the folder: a group is there when its truth is.
        using var writer = new OffsetFileWriter(groupFolder, header);
        writer.Replace(sequence: 1, sums, new OffsetSet());
    }

    /// <summary>An empty lease table: no identity, so the first to attach builds it. False when there is one.</summary>
    public static bool CreateLeases(IDirectory groupFolder, GroupContext context)
    {
        var temporary = $"{TableLayout.Name}.{context.Random():x16}.new";
        return WholeFile.TryCreate(groupFolder, temporary, TableLayout.Name, [], TableLayout.Length);
    }
}
