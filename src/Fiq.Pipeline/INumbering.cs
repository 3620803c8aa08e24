namespace Fiq.Pipeline;

/// <summary>How the messages of a named producer get their sequences.</summary>
public interface INumbering
{
    /// <summary>
    /// The message of the line that was returned last, with its sequence and the note that says where one is then: any
    /// message may be the last one for which there was room.
    /// </summary>
    Message Number(Message message, in InputLine line);

    /// <summary>
    /// Whether the last message read is held back until the next one is there or the input has ended, so that
    /// <see cref="End"/> can say so in it.
    /// </summary>
    bool HoldsLast => false;

    /// <summary>The last message of the input, when it was held back.</summary>
    Message End(Message last) => last;
}
