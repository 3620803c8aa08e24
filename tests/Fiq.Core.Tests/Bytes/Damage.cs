namespace Fiq.Tests.Bytes;

/// <summary>What may happen beside "all is there" and "refused by name".</summary>
[Flags]
internal enum Excused
{
    Nothing = 0,

    /// <summary>The group `default` may get again what it has settled: the end of its offset file was lost.</summary>
    SettledAgain = 1,

    /// <summary>The last batch may be missing: nothing but itself said that it was durable.</summary>
    LastBatch = 2,

    /// <summary>The bytes are gone, so a range may end where they began.</summary>
    Touching = 4,

    /// <summary>A look may not count the last batch: nobody vouches for it before somebody attaches.</summary>
    LookBehind = 16,

    /// <summary>No bytes are damaged, a file is not where it belongs: some file of the queue is named.</summary>
    Misplaced = 8,
}

/// <summary>What was done to a queue.</summary>
/// <param name="File">The file.</param>
/// <param name="From">Its first byte that is not what it was.</param>
/// <param name="To">One past the last.</param>
/// <param name="What">For people.</param>
/// <param name="Excuse">What may happen.</param>
internal sealed record Damage(string File, long From, long To, string What, Excused Excuse = Excused.Nothing)
{
    public override string ToString() => $"{What}, {File} {From}..{To}";

    /// <summary>Why an error does not tell of it; null when it does.</summary>
    public string? Unlike(FiqException error)
    {
        if (error.Code is not (ErrorCode.Damaged or ErrorCode.Unsupported)) return $"it is said to be {error.Code}";
        if (Excuse.HasFlag(Excused.Misplaced))
            return error.Message.Contains(SampleQueue.Folder, StringComparison.Ordinal) ? null : "no file is named";
        if (error is not DamagedException named)
            return error.Message.Contains(Path.GetFileName(File), StringComparison.Ordinal) ? null : "no file is named";
        if (named.File != File) return $"{named.File} is named instead";
        long reach = Excuse.HasFlag(Excused.Touching) ? named.ToPosition + 1 : named.ToPosition;
        return named.FromPosition < To && reach > From
            ? null
            : $"bytes {named.FromPosition}..{named.ToPosition} are named instead";
    }
}
