namespace Fiq.Storage.Inspection;

/// <summary>What is known of a log from outside of it.</summary>
/// <param name="ByGroups">Every offset below it was durable, as the offset files prove.</param>
/// <param name="NeededFrom">The lowest offset that some group has not settled; null when that is not known.</param>
/// <param name="Watermark">The watermark of a page that speaks of these very files; null when none does.</param>
/// <param name="IsLive">Whether a member vouches for it: nothing behind it is looked at.</param>
/// <param name="IsOfThisBoot">Whether no power was lost since the page was written.</param>
internal sealed record LogProofs(
    long ByGroups, long? NeededFrom, LogMark? Watermark, bool IsLive, bool IsOfThisBoot);

/// <summary>What was found in one segment.</summary>
/// <param name="Name">Its ordinal and base.</param>
/// <param name="Header">Its header, as read or rebuilt; null when nothing of the segment can be read.</param>
internal sealed record SegmentInspection(SegmentName Name, SegmentHeader? Header)
{
    /// <summary>What is wrong with the header itself; null when nothing is.</summary>
    public string? HeaderDamage { get; init; }

    /// <summary>How far it was examined.</summary>
    public required SegmentLimit Limit { get; init; }

    /// <summary>The end that its successor states; null when none does.</summary>
    public SegmentEnd? StatedEnd { get; init; }

    /// <summary>The damaged places, in order.</summary>
    public List<SegmentDamage> Damages { get; } = [];

    /// <summary>What earlier repairs recorded as lost.</summary>
    public List<LostMessages> Recorded { get; } = [];

    /// <summary>The end of what is intact; in a segment that nobody ended, whether proven or not.</summary>
    public ChainPlace End { get; set; }

    /// <summary>In the tail: the end of what is proven to be durable.</summary>
    public ChainPlace Proven { get; set; }

    /// <summary>Intact messages.</summary>
    public long Messages { get; set; }

    /// <summary>Batches whose running sums do not fit.</summary>
    public long WrongSums { get; set; }

    /// <summary>Bytes behind a stated end that are no footer.</summary>
    public long StrayBytes { get; set; }

    /// <summary>In the tail: bytes behind the end that are not zero and belong to nothing.</summary>
    public long TornBytes { get; set; }

    /// <summary>The file's size.</summary>
    public long Length { get; init; }

    /// <summary>Whether a repair must write it anew.</summary>
    public bool NeedsRewrite => HeaderDamage is not null || Damages.Exists(damage => !damage.IsEnd);

    /// <summary>Messages at its end that were durable and are not there any more.</summary>
    public SegmentDamage? LostEnd => Damages.Find(damage => damage.IsEnd);
}

/// <summary>Segments that should be there and are not.</summary>
/// <param name="FromOrdinal">The first.</param>
/// <param name="ToOrdinal">One past the last.</param>
/// <param name="FromOffset">The first message lost with them.</param>
/// <param name="ToOffset">One past the last.</param>
internal sealed record MissingSegments(long FromOrdinal, long ToOrdinal, long FromOffset, long ToOffset);

/// <summary>Everything that was found in a log.</summary>
internal sealed record LogInspection
{
    /// <summary>The segments that were examined, in order.</summary>
    public List<SegmentInspection> Segments { get; } = [];

    /// <summary>The segments that are missing, in order.</summary>
    public List<MissingSegments> Missing { get; } = [];

    /// <summary>Files with the ordinal of another one, which counts.</summary>
    public List<SegmentName> Superfluous { get; } = [];

    /// <summary>Every offset below it was durable once: none of them is ever given out again.</summary>
    public long Proof { get; set; }

    public bool IsDamaged => Missing.Count > 0 || Superfluous.Count > 0 || Segments.Count == 0
        || Segments.Exists(segment => segment.HeaderDamage is not null || segment.Damages.Count > 0);
}
