namespace Fiq.Cli.Messages;

/// <summary>What a line of input means.</summary>
internal interface ILineFormat
{
    /// <summary>The largest message.</summary>
    int BodySizeMax { get; }

    /// <summary>The longest line worth keeping in memory; a longer one is refused unread.</summary>
    int LineSizeMax { get; }

    /// <summary>Whether this is text: one CR before the LF is not part of the line, and <c>exit</c> ends it.</summary>
    bool IsText { get; }

    /// <summary>Reads a line; null when it is refused.</summary>
    Message? Parse(ReadOnlyMemory<byte> line, out LineRefusal? refusal);
}
