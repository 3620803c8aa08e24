using Fiq.Files;

namespace Fiq.Groups.Inspection;

/// <summary>What was found in a group's offset file, and what can still be taken from it when it is damaged.</summary>
/// <param name="Damage">What is wrong; null when nothing is.</param>
/// <param name="Status">The group as it stands; null when its offset file is damaged.</param>
/// <param name="Salvage">What the intact beginning of a damaged file says, and what it proves.</param>
internal sealed record GroupInspection(DamagedException? Damage, GroupStatus? Status, OffsetFileSalvage? Salvage)
{
    /// <summary>Only messages that were durable were ever taken: every offset below it was.</summary>
    public required long Proven { get; init; }

    /// <summary>Whether an unfinished record follows, which the next flush replaces.</summary>
    public bool IsTorn { get; init; }

    /// <summary>Looks at a group without locking or changing anything.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: of a newer version.</exception>
    public static GroupInspection Of(IDirectory groupFolder, GroupContext context)
    {
        try
        {
            OffsetFileContent offsets = TableRebuild.ReadOffsets(groupFolder, context.QueueId, context.NameHash);
            GroupStatus status = GroupReader.Read(groupFolder, context, long.MaxValue);
            return new GroupInspection(null, status, null) { Proven = offsets.Sums.Cursor, IsTorn = offsets.Torn };
        }
        catch (DamagedException damage)
        {
            var salvage = OffsetFileSalvage.From(groupFolder, context.QueueId, context.NameHash);
            return new GroupInspection(damage, null, salvage) { Proven = salvage.HighestCursor };
        }
    }
}
