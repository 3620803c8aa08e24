using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// Decides for each message that was read under a lease whether it is to be delivered now: its time may not have come,
/// or it may be for another group alone. Gathers what the group is to be told of those that are not.
/// </summary>
internal sealed class Sieve(GroupName group, long nowMicroseconds)
{
    private readonly List<SettledOffset> _others = [];

    /// <summary>Whether the time of some has not come.</summary>
    public bool HasDelayed { get; private set; }

    /// <summary>What is to be settled or handed back.</summary>
    public SettledOffset[] Others => [.. _others];

    /// <summary>A delivery, or null.</summary>
    public Delivery? Pass(in StoredMessage stored, in Lease lease)
    {
        Message message = stored.Message;
        if (message.ForGroup is GroupName only && only != group)
        {
            _others.Add(new SettledOffset(lease.Token, stored.Offset, message.ProcessingMicroseconds, Done: true));
            return null;
        }

        if (message.NotBeforeMicroseconds > nowMicroseconds)
        {
            HasDelayed = true;
            _others.Add(new SettledOffset(lease.Token, stored.Offset, 0, Done: false)
            {
                NotBefore = message.NotBeforeMicroseconds,
                Priority = message.Priority,
            });
            return null;
        }

        return new Delivery(stored.Offset, message, lease.AttemptsBefore + 1, lease.Token)
        {
            WasInterrupted = lease.WasInterrupted,
        };
    }
}
