using Fiq.Engine;

namespace Fiq.Cli.Run;

/// <summary>Where a run begins, or where an unfinished one goes on.</summary>
/// <param name="Note">What its notes begin with; of an unfinished run, its last note.</param>
/// <param name="Lines">So many lines of the input are in the queue, refused ones counted; 0 for a new run.</param>
internal sealed record RunStart(RunNote Note, long Lines)
{
    /// <summary>Under this name a queue keeps how far a run has come; one process at a time has it.</summary>
    public static readonly ProducerName Producer = ProducerName.Parse("run");

    /// <summary>
    /// A run is over when its input has ended and all is worked off; then, or when it is told to, a new one begins. A
    /// private queue has one run only: what is left to do is to remove it.
    /// </summary>
    public static RunStart Of(ProducerPosition last, QueueDescription queue, bool isNew, bool isPrivate)
    {
        if (!isNew
            && RunNote.TryDecode(last.Note.Span) is RunNote known
            && known.Base < last.Sequence
            && !(known is { HasEnded: true, IsPrivate: false } && IsDrained(queue)))
            return new RunStart(known, (long)(last.Sequence - known.Base));
        return new RunStart(new RunNote(last.Sequence, queue.NextOffset, 0) { IsPrivate = isPrivate }, 0);
    }

    // As a run sees it when it ends.
    private static bool IsDrained(QueueDescription queue)
    {
        foreach (GroupDescription group in queue.Groups)
            if (group.Name == GroupName.Default)
                return group.Ready + group.Leased + group.Retrying + group.Delayed == 0;
        return queue.Messages == 0;
    }
}
