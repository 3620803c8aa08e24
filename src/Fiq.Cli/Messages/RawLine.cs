namespace Fiq.Cli.Messages;

/// <summary>The whole line is the body, every byte of it; an empty line is an empty message.</summary>
internal sealed class RawLine : ILineFormat
{
    private readonly MessageKey _key;
    private readonly long _timeMicroseconds;
    private readonly MessageHeaders _headers;
    private readonly Urgency _urgency;

    public RawLine(
        MessageKey? key, long? timeMicroseconds, MessageHeaders headers, int bodySizeMax, Urgency? urgency = null)
    {
        _urgency = urgency ?? Urgency.None;
        _key = key ?? default;
        _timeMicroseconds = timeMicroseconds ?? 0;
        _headers = headers;
        LineSizeMax = bodySizeMax;
    }

    public int BodySizeMax => LineSizeMax;

    public int LineSizeMax { get; }

    public bool IsText => false;

    public Message? Parse(ReadOnlyMemory<byte> line, out LineRefusal? refusal)
    {
        refusal = line.Length > LineSizeMax ? LineRefusal.TooLarge(line.Length, LineSizeMax) : null;
        return refusal is not null
            ? null
            : new Message
            {
                Key = _key,
                Body = line,
                ProcessingMicroseconds = _timeMicroseconds,
                Headers = _headers,
                Priority = _urgency.Priority,
                NotBeforeMicroseconds = _urgency.NotBefore(),
            };
    }
}
