namespace Fiq.Pipeline;

/// <summary>
/// Numbers the lines of a pipe by their line numbers, so the same input sent again adds nothing and a longer one only
/// what is new. Where the known lines end it is checked that they were the same: another input under the name would be
/// taken for duplicates.
/// </summary>
/// <param name="name">The producer, for the message.</param>
/// <param name="last">How far it has come.</param>
public sealed class PipeNumbering(ProducerName name, ProducerPosition last) : INumbering
{
    private readonly StreamNote? _known = StreamNote.TryDecode(last.Note.Span);
    private Fingerprint _read = Fingerprint.Empty;
    private long _stored;
    private bool _isKnownSame;

    /// <summary>To be told of all bytes of the pipe.</summary>
    public void Take(ReadOnlySpan<byte> bytes) => _read = _read.Add(bytes);

    /// <inheritdoc />
    public Message Number(Message message, in InputLine line)
    {
        _stored++;
        var note = new StreamNote(0, line.Number, _stored, _read.Hash);
        ulong sequence = (ulong)line.Number;
        // Where a message was, a line that is refused is another line.
        if (_known is StreamNote known && sequence >= last.Sequence && !_isKnownSame)
            _isKnownSame = sequence == last.Sequence && IsSame(known);
        if (_known is not null && sequence >= last.Sequence && !_isKnownSame)
            throw new FiqException(
                ErrorCode.BadRequest,
                $"the first {last.Sequence} lines are not those that producer \"{Printable.Escape(name.ToString())}\" "
                    + "stored",
                "One name stands for one input: give another --producer. Nothing of this input was stored.");
        return message with { Sequence = sequence, ProducerNote = note.Encode() };
    }

    // The last line may have got its line break since, or lost it.
    private bool IsSame(StreamNote known) => known.Hash == _read.Hash
        || new Fingerprint(0, known.Hash).Add("\n"u8).Hash == _read.Hash
        || known.Hash == _read.Add("\n"u8).Hash;
}
