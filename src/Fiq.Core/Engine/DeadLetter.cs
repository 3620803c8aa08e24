using System.Globalization;

namespace Fiq.Engine;

/// <summary>
/// A message that a group has given up, as it lies in the queue of dead letters: the message as it was, with headers
/// that say where it comes from and why it is here. Its identity is queue, group and offset: the same letter may lie
/// there twice, when a process died between putting it there and settling it.
/// </summary>
public sealed record DeadLetter
{
    /// <summary>The first characters of an error that are kept.</summary>
    public const int ErrorLengthMax = 1_000;

    private const string QueueHeader = "fiq-dead-queue";
    private const string OffsetHeader = "fiq-dead-offset";
    private const string GroupHeader = "fiq-dead-group";
    private const string AttemptsHeader = "fiq-dead-attempts";
    private const string ErrorHeader = "fiq-dead-error";
    private const string WorkerHeader = "fiq-dead-worker";
    private const string HeaderPrefix = "fiq-dead-";

    /// <summary>Its number in the queue of dead letters.</summary>
    public required long LetterOffset { get; init; }

    /// <summary>The queue it comes from.</summary>
    public required QueueName Queue { get; init; }

    /// <summary>The group that gave it up; other groups go on with it as they like.</summary>
    public required GroupName Group { get; init; }

    /// <summary>Its number in the queue it comes from.</summary>
    public required long Offset { get; init; }

    /// <summary>How often it was tried.</summary>
    public required int Attempts { get; init; }

    /// <summary>Why the last attempt failed; at most <see cref="ErrorLengthMax"/> characters.</summary>
    public required string Error { get; init; }

    /// <summary>The worker of the last attempt, counted from 1, and its process, as <c>pid/worker</c>.</summary>
    public required string Worker { get; init; }

    /// <summary>When it died: microseconds since 1970 UTC.</summary>
    public required long DiedMicroseconds { get; init; }

    /// <summary>The message, with its own headers only.</summary>
    public required Message Message { get; init; }

    /// <summary>Where it was read; null when it came another way.</summary>
    internal LetterPlace? Place { get; init; }

    /// <summary>What makes it one letter, however often it lies there.</summary>
    public (GroupName Group, long Offset) Identity => (Group, Offset);

    /// <summary>The letter as a message for the queue of dead letters.</summary>
    internal static Message ToMessage(QueueName queue, GroupName group, in Settlement end, string worker)
    {
        Delivery delivery = end.Delivery;
        string error = Shorten(end.Error ?? "");
        // What no worker had was given up before its attempt was made.
        int attempts = end.Worker == 0 ? delivery.Attempt - 1 : delivery.Attempt;
        return With(delivery.Message, delivery.Message.Headers.Pairs().Concat(
        [
            new(QueueHeader, queue.ToString()),
            new(GroupHeader, group.ToString()),
            new(OffsetHeader, Text(delivery.Offset)),
            new(AttemptsHeader, Text(attempts)),
            new(WorkerHeader, worker),
            new(ErrorHeader, error),
        ]));
    }

    /// <summary>What a message of the queue of dead letters says; null when it is no letter.</summary>
    internal static DeadLetter? TryRead(long letterOffset, Message message)
    {
        MessageHeaders headers = message.Headers;
        if (!QueueName.TryParse(headers.Find(QueueHeader), out QueueName queue)
            || !GroupName.TryParse(headers.Find(GroupHeader), out GroupName group)
            || Number(headers.Find(OffsetHeader)) is not long offset
            || Number(headers.Find(AttemptsHeader)) is not long attempts)
            return null;
        return new DeadLetter
        {
            LetterOffset = letterOffset,
            Queue = queue,
            Group = group,
            Offset = offset,
            Attempts = (int)attempts,
            Error = headers.Find(ErrorHeader) ?? "",
            Worker = headers.Find(WorkerHeader) ?? "",
            DiedMicroseconds = message.TimestampMicroseconds,
            Message = With(message, headers.Pairs().Where(pair =>
                !pair.Key.StartsWith(HeaderPrefix, StringComparison.Ordinal))),
        };
    }

    /// <summary>The message as it goes back to its queue, for its group alone.</summary>
    internal Message ToRetry() => With(Message, Message.Headers.Pairs(), Group);

    private static Message With(
        Message message, IEnumerable<KeyValuePair<string, string>> headers, GroupName? forGroup = null)
    {
        return new Message
        {
            Key = message.Key,
            Body = message.Body,
            ProcessingMicroseconds = message.ProcessingMicroseconds,
            Priority = message.Priority,
            // A message may have as many headers as are allowed; those of its letter come on top.
            Headers = MessageHeaders.CreateUnbounded(headers),
            ForGroup = forGroup,
            TimestampMicroseconds = message.TimestampMicroseconds,
        };
    }

    private static string Shorten(string error)
    {
        if (error.Length <= ErrorLengthMax) return error;
        int length = char.IsHighSurrogate(error[ErrorLengthMax - 1]) ? ErrorLengthMax - 1 : ErrorLengthMax;
        return error[..length];
    }

    private static string Text(long number) => number.ToString(CultureInfo.InvariantCulture);

    private static long? Number(string? text) =>
        long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out long number) ? number : null;
}
