using Fiq.Storage;

namespace Fiq.Doctor;

/// <summary>Protocol events in plain words.</summary>
internal static class EventWords
{
    /// <summary>One event as a person reads it.</summary>
    public static EventStory Tell(in NotedEvent noted)
    {
        (string name, string text) = Words(noted);
        bool hasSegment = noted.What is not (ProtocolEvent.Attached or ProtocolEvent.Deleted);
        bool hasOffset = hasSegment
            && noted.What is not (ProtocolEvent.LeaderDied or ProtocolEvent.DirectorySyncFailed);
        return new EventStory(
            noted.Number, name, hasSegment ? noted.Epoch : null, hasOffset ? noted.Offset : null, text);
    }

    private static (string Name, string Text) Words(in NotedEvent noted)
    {
        string segment = FormattableString.Invariant($"segment {noted.Epoch}");
        string at = FormattableString.Invariant($"at #{noted.Offset}");
        return noted.What switch
        {
            ProtocolEvent.Attached => ("attached", FormattableString.Invariant($"process {noted.Epoch} attached")),
            ProtocolEvent.Recovered => (
                "recovered", $"the first process found an unclean end of {segment}, proven up to before {at[3..]}"),
            ProtocolEvent.FoundClean => ("found-clean", $"the first process found {segment} clean {at}"),
            ProtocolEvent.SyncFailed => ("sync-failed", $"a sync of {segment} failed {at}: the disk reported an error"),
            ProtocolEvent.LeaderDied => ("leader-died", $"a process died while it synced {segment}"),
            ProtocolEvent.MayNotLead => (
                "may-not-lead", $"nobody was left who may sync {segment} {at}: it was opened after an earlier write"),
            ProtocolEvent.TailUnproven => (
                "tail-unproven", $"the last batch of {segment} was not what the page said {at}"),
            ProtocolEvent.RolledFull => ("rolled-full", $"{segment} began {at}: the one before was full"),
            ProtocolEvent.RolledFailed => ("rolled-failed", $"{segment} began {at}: the one before had failed"),
            ProtocolEvent.Adopted => ("adopted", $"{segment}, begun by a process that died, was taken over {at}"),
            ProtocolEvent.DirectorySyncFailed => (
                "directory-sync-failed", $"the name of {segment} could not be made durable"),
            ProtocolEvent.Trimmed => (
                "trimmed", $"{segment} was deleted, all groups being past it; what is kept begins {at}"),
            ProtocolEvent.WriteFailed => (
                "write-failed", $"a write to {segment} failed {at}: no room, or a disk error"),
            ProtocolEvent.Deleted => ("deleted", "the queue was deleted"),
            ProtocolEvent.NotSealed => ("not-sealed", $"{segment} could not be sealed: it is only read more slowly"),
            ProtocolEvent.DamageFound => ("damage-found", $"{segment} is damaged {at}: run fiq verify"),
            _ => ("unknown", FormattableString.Invariant($"something this fiq has no word for ({(uint)noted.What})")),
        };
    }
}
