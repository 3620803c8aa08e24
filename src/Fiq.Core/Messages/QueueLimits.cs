namespace Fiq;

/// <summary>
/// What a queue may hold and how long it keeps it. What is null is not stated here: the next in the order environment,
/// queue, store, built-in decides.
/// </summary>
public sealed record QueueLimits
{
    /// <summary>The smallest <see cref="BytesMax"/> above 0: eight segments have to fit in it. 1 MiB.</summary>
    public const long BytesMaxMin = 1024 * 1024;

    /// <summary>Nothing is stated.</summary>
    public static readonly QueueLimits None = new();

    /// <summary>
    /// What holds where nobody has said anything. The free-space floor is left open: it depends on the disk.
    /// </summary>
    public static readonly QueueLimits BuiltIn = new()
    {
        MessagesMax = 0,
        BytesMax = 0,
        MessageBytesMax = Message.BodySizeMax,
        Keep = Retention.UntilSettled,
        Lagging = LaggingPolicy.Hold,
    };

    /// <summary>Messages that at least one group has not settled; no more are stored. 0: no limit.</summary>
    public long? MessagesMax { get; init; }

    /// <summary>Bytes on disk of all segments; no more are written. 0: no limit; otherwise at least 1 MiB.</summary>
    public long? BytesMax { get; init; }

    /// <summary>The largest message body, in bytes; 1 to <see cref="Message.BodySizeMax"/>.</summary>
    public int? MessageBytesMax { get; init; }

    /// <summary>Nothing is stored while less than this is free on the file system, in bytes. 0: no floor.</summary>
    public long? FreeBytesMin { get; init; }

    /// <summary>How long messages are kept.</summary>
    public Retention? Keep { get; init; }

    /// <summary>What happens when a group still needs what its age or the size would let go.</summary>
    public LaggingPolicy? Lagging { get; init; }

    /// <summary>What is stated here, and for the rest what is stated there.</summary>
    public QueueLimits Over(QueueLimits other) => new()
    {
        MessagesMax = MessagesMax ?? other.MessagesMax,
        BytesMax = BytesMax ?? other.BytesMax,
        MessageBytesMax = MessageBytesMax ?? other.MessageBytesMax,
        FreeBytesMin = FreeBytesMin ?? other.FreeBytesMin,
        Keep = Keep ?? other.Keep,
        Lagging = Lagging ?? other.Lagging,
    };

    /// <summary>Refuses what is out of range.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>.</exception>
    public void Check()
    {
        if (MessagesMax < 0) throw Wrong("the number of messages must be at least 1; 0 is no limit");
        if (BytesMax is < 0 or (> 0 and < BytesMaxMin))
            throw Wrong($"a queue must have room for at least {ByteSize.Format(BytesMaxMin)}; 0 is no limit");
        if (MessageBytesMax is < 1 or > Message.BodySizeMax)
            throw Wrong($"the largest message must have 1 to {Message.BodySizeMax} bytes");
        if (FreeBytesMin < 0) throw Wrong("the room to be left free must not be negative");
        Keep?.Check();
    }

    private static FiqException Wrong(string what) => new(ErrorCode.BadRequest, what);
}

/// <summary>What happens when a group still needs what age or size would let go.</summary>
public enum LaggingPolicy
{
    /// <summary>It is kept until the group has settled it.</summary>
    Hold,

    /// <summary>It is kept, and nothing new is stored until the group has settled it.</summary>
    Refuse,

    /// <summary>It goes; the group passes over it, and counts it as trimmed.</summary>
    DropOldest,
}
