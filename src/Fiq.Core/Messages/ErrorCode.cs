namespace Fiq;

/// <summary>Every kind of error, with the one name and exit status it has everywhere.</summary>
public enum ErrorCode
{
    /// <summary>Something unforeseen failed.</summary>
    Failed,

    /// <summary>A wrong option, name or value.</summary>
    BadRequest,

    /// <summary>A line of input that is not a message.</summary>
    BadLine,

    /// <summary>The file system does not let us.</summary>
    Forbidden,

    /// <summary>No such queue.</summary>
    QueueNotFound,

    /// <summary>No such group.</summary>
    GroupNotFound,

    /// <summary>No such message, or it is gone.</summary>
    MessageNotFound,

    /// <summary>The queue exists with other settings.</summary>
    QueueExistsDifferent,

    /// <summary>The group has live consumers.</summary>
    GroupActive,

    /// <summary>There is still something in it.</summary>
    NotEmpty,

    /// <summary>The lease went to another consumer.</summary>
    LeaseLost,

    /// <summary>The message is larger than allowed.</summary>
    MessageTooLarge,

    /// <summary>The queue has reached a limit.</summary>
    QueueFull,

    /// <summary>The disk has no room.</summary>
    DiskFull,

    /// <summary>The queue can be read, not written.</summary>
    ReadOnly,

    /// <summary>A lock is held by somebody else for too long.</summary>
    Busy,

    /// <summary>Stored data is damaged.</summary>
    Damaged,

    /// <summary>It can't be known whether the message was stored.</summary>
    Unknown,

    /// <summary>Nothing came in time.</summary>
    NothingReceived,

    /// <summary>This system, file system or file format is not supported.</summary>
    Unsupported,
}

/// <summary>The stable names and exit statuses of <see cref="ErrorCode"/>.</summary>
public static class ErrorCodes
{
    private static readonly (string Name, int Exit)[] Table =
    [
        ("failed", 1),
        ("bad-request", 2),
        ("bad-line", 3),
        ("forbidden", 5),
        ("queue-not-found", 4),
        ("group-not-found", 4),
        ("message-not-found", 4),
        ("queue-exists-different", 6),
        ("group-active", 6),
        ("not-empty", 6),
        ("lease-lost", 1),
        ("message-too-large", 8),
        ("queue-full", 8),
        ("disk-full", 8),
        ("read-only", 8),
        ("busy", 6),
        ("damaged", 7),
        ("unknown", 1),
        ("nothing-received", 9),
        ("unsupported", 1),
    ];

    /// <summary>The name, the same on the command line, over HTTP, in logs and in the docs.</summary>
    public static string Name(this ErrorCode code) => Table[(int)code].Name;

    /// <summary>The exit status of a command that ends with it.</summary>
    public static int Exit(this ErrorCode code) => Table[(int)code].Exit;
}
