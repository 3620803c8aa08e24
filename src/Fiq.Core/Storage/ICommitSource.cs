namespace Fiq.Storage;

/// <summary>
/// What is to be appended. Whoever has to look at the log first, because what is there already is not stored again,
/// is asked when nobody else can append; others have their bytes ready.
/// </summary>
internal interface ICommitSource
{
    /// <summary>
    /// The batches to append behind a place; empty when all is there already. Called with the append lock held, and
    /// again when the epoch ended without them: then what was there may be there no more.
    /// </summary>
    EncodedCommit Prepare(in LogMark tail);
}
