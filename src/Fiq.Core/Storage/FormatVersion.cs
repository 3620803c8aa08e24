namespace Fiq.Storage;

/// <summary>The version and feature words at the start of each segment, and what to do about unknown ones.</summary>
internal static class FormatVersion
{
    /// <summary>The only version so far.</summary>
    public const uint Current = 1;

    /// <summary>The segment may hold batches of lost messages: see <see cref="BatchKind.Lost"/>.</summary>
    public const ulong LostBatches = 1;

    /// <summary>Features that a reader must understand.</summary>
    public const ulong MustUnderstandKnown = LostBatches;

    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: written by a newer fiq.</exception>
    public static void Check(string file, uint version, ulong mustUnderstand)
    {
        if (version == Current && (mustUnderstand & ~MustUnderstandKnown) == 0) return;
        string what = version == Current
            ? $"needs features 0x{mustUnderstand & ~MustUnderstandKnown:x}"
            : $"has format version {version}";
        throw new FiqException(
            ErrorCode.Unsupported,
            $"{file} {what}; this fiq reads version {Current} without such features",
            "Use the newer fiq that wrote it. Nothing was changed.");
    }
}
