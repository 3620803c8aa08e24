using Fiq.Files;

namespace Fiq.Groups.Inspection;

/// <summary>
/// What can be taken from a damaged offset file. Its intact beginning is an earlier state of the group: all that is
/// settled there was settled, so that going on from there brings messages again and loses none.
/// </summary>
/// <param name="Generation">The highest generation that anything of the group names.</param>
/// <param name="Sequence">The highest sequence of a valid record.</param>
/// <param name="State">The state of the intact beginning; null when not even its snapshot is valid.</param>
/// <param name="HighestCursor">The highest cursor of any valid record: messages below it were durable.</param>
internal sealed record OffsetFileSalvage(
    ulong Generation, ulong Sequence, OffsetFileContent? State, long HighestCursor)
{
    private const long LengthMax = 1L << 30;

    // A generation is raised by a person who moves a group: nobody does it so often.
    private const ulong GenerationsMax = 4096;

    public static OffsetFileSalvage From(IDirectory folder, ulong queueId, ulong group)
    {
        ulong ofTable = GenerationOfTable(folder);
        using IFile? file = folder.TryOpenFile(OffsetFileWriter.Name, writable: false) ?? OpenEvidence(folder);
        if (file is null || file.Length > LengthMax) return new OffsetFileSalvage(Math.Max(1, ofTable), 0, null, 0);
        byte[] bytes = new byte[file.Length];
        return Of(bytes.AsSpan(0, file.Read(bytes, 0)), queueId, ofTable, group);
    }

    /// <summary>What these bytes of an offset file still say; another group's say nothing about progress.</summary>
    public static OffsetFileSalvage Of(
        ReadOnlySpan<byte> bytes, ulong queueId, ulong generationOfTable, ulong group = 0)
    {
        OffsetFileHeader? header = FindHeader(bytes, queueId);
        if (header is not OffsetFileHeader known)
            return new OffsetFileSalvage(Math.Max(1, generationOfTable), 0, null, 0);
        ulong sequence = 0;
        long cursor = 0;
        int firstBad = bytes.Length;
        int end = OffsetFileHeader.Length;
        for (int at = OffsetFileHeader.Length; at + OffsetRecord.HeaderLength <= bytes.Length; at += 8)
        {
            if (OffsetRecord.TryDecode(bytes[at..], known.Secret) is not OffsetRecord record) continue;
            if (at != end) firstBad = Math.Min(firstBad, end);
            end = at + record.Length;
            at = end - 8;
            (sequence, cursor) = (Math.Max(sequence, record.Sequence), Math.Max(cursor, record.Sums.Cursor));
        }

        return new OffsetFileSalvage(
            Math.Max(known.Generation, generationOfTable),
            sequence,
            known.IsOf(group) ? TryReadBeginning(bytes[..Math.Min(firstBad, end)], known, queueId) : null,
            cursor);
    }

    private static OffsetFileContent? TryReadBeginning(ReadOnlySpan<byte> bytes, OffsetFileHeader header, ulong queueId)
    {
        byte[] whole = bytes.ToArray();
        // The header may be what is damaged; its fields are known by now.
        if (whole.Length < OffsetFileHeader.Length) return null;
        header.Encode(whole);
        try
        {
            return OffsetFileReader.Decode(whole, OffsetFileWriter.Name, queueId);
        }
        catch (DamagedException)
        {
            // Converted into nothing: the group begins again at the first message that is kept.
            return null;
        }
    }

    /// <summary>The header; when it is damaged, the one under which the first record is valid.</summary>
    private static OffsetFileHeader? FindHeader(ReadOnlySpan<byte> bytes, ulong queueId)
    {
        try
        {
            return OffsetFileHeader.Decode(bytes, queueId, OffsetFileWriter.Name, out _);
        }
        catch (DamagedException)
        {
            if (bytes.Length < OffsetFileHeader.Length) return null;
            for (ulong generation = 0; generation < GenerationsMax; generation++)
            {
                var header = new OffsetFileHeader(queueId, generation);
                if (OffsetRecord.TryDecode(bytes[OffsetFileHeader.Length..], header.Secret) is not null) return header;
            }

            return null;
        }
    }

    // What a repair that was interrupted had moved aside counts as the file while there is none.
    private static IFile? OpenEvidence(IDirectory folder) =>
        Evidence.LastOf(folder, OffsetFileWriter.Name) is string kept
            ? folder.TryOpenFile(kept, writable: false)
            : null;

    private static ulong GenerationOfTable(IDirectory folder)
    {
        using IFile? file = folder.TryOpenFile(TableLayout.Name, writable: false);
        if (file is null || file.Length != TableLayout.Length) return 0;
        using ISharedMemory memory = file.Map(TableLayout.Length, writable: false);
        return TableIdentity.TryRead(memory)?.Generation ?? 0;
    }
}
