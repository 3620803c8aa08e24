using System.Buffers.Binary;
using System.Security.Cryptography;
using Fiq.Cli.Messages;
using Fiq.Cli.Produce;
using Fiq.Engine;
using Fiq.Pipeline;

namespace Fiq.Cli.Run;

/// <summary>
/// The lines of a run's input, numbered behind its base, with a hash of all that was read. What is in the queue already
/// is read over, if it is the same. One thread uses it.
/// </summary>
internal sealed class RunSource : ILineSource, INumbering, IDisposable
{
    private readonly IncrementalHash _hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
    private readonly LineReader _reader;
    private readonly RunStart _start;
    private bool _isWholeLine = true;

    public RunSource(Stream input, ILineFormat format, RunStart start)
    {
        _start = start;
        _reader = new LineReader(input, format.LineSizeMax, taken: Take);
    }

    /// <inheritdoc />
    public bool HasRest => _reader.HasRest;

    /// <inheritdoc />
    public bool HoldsLast => true;

    /// <inheritdoc />
    public bool TryNext(out InputLine line) => _reader.TryNext(out line);

    /// <inheritdoc />
    public bool Fill() => _reader.Fill();

    /// <summary>
    /// Reads over the lines that an unfinished run has stored; refused ones are counted again, not said again.
    /// </summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.Busy"/>: this is another input.</exception>
    public void SkipStored(ILineFormat format, RefusalReport refusals, QueueName queue)
    {
        bool isExit = false;
        while (_reader.Number < _start.Lines)
        {
            if (isExit || !TryRead(out InputLine line)) throw Other(queue);
            ReadOnlyMemory<byte> bytes = format.IsText ? TextLine.WithoutReturn(line.Bytes) : line.Bytes;
            isExit = format.IsText && TextLine.IsExit(bytes.Span);
            if (!isExit && (line.SkippedSize > 0 || format.Parse(bytes, out _) is null)) refusals.AddKnown();
        }

        EndLine();
        if (_start.Lines > 0 && Hash() != _start.Note.Hash) throw Other(queue);
        if (_start.Note.HasEnded && !isExit && TryRead(out _)) throw Other(queue);
    }

    /// <inheritdoc />
    public Message Number(Message message, in InputLine line) => message with
    {
        Sequence = _start.Note.Base + (ulong)line.Number,
        ProducerNote = Note(hasEnded: false),
    };

    /// <summary>Its sequence is that of the last line, so that refused lines behind it belong to the input.</summary>
    public Message End(Message last)
    {
        EndLine();
        return last with
        {
            Sequence = _start.Note.Base + (ulong)_reader.Number,
            ProducerNote = Note(hasEnded: true),
        };
    }

    /// <summary>
    /// Stores that the input has ended, where its last message could not say so: a key that the queue had already is
    /// not stored, nor is its note.
    /// </summary>
    public async Task EndAsync(IQueueProducer producer)
    {
        ProducerPosition last = await producer.FindPositionAsync(CancellationToken.None);
        ulong end = _start.Note.Base + (ulong)_reader.Number;
        // Of a run of which nothing is stored, nothing has to end.
        if (last.Sequence <= _start.Note.Base || last.Sequence >= end) return;
        EndLine();
        await producer.MoveToAsync(end, Note(hasEnded: true), CancellationToken.None);
    }

    public void Dispose() => _hash.Dispose();

    private static FiqException Other(QueueName queue) => new(
        ErrorCode.Busy,
        $"queue \"{queue}\" has an unfinished run of other input",
        "Give it the same input to finish it; --new begins with this one, and works off what still waits.")
    {
        Queue = queue.ToString(),
    };

    private bool TryRead(out InputLine line)
    {
        while (!_reader.TryNext(out line))
            if (!_reader.Fill()) return _reader.TryNext(out line);
        return true;
    }

    private void Take(ReadOnlySpan<byte> bytes)
    {
        _hash.AppendData(bytes);
        if (!bytes.IsEmpty) _isWholeLine = bytes[^1] == (byte)'\n';
    }

    // A last line is the same with and without its LF.
    private void EndLine()
    {
        if (!_isWholeLine) Take("\n"u8);
    }

    private byte[] Note(bool hasEnded) => (_start.Note with { Hash = Hash(), HasEnded = hasEnded }).Encode();

    private UInt128 Hash()
    {
        Span<byte> hash = stackalloc byte[SHA256.HashSizeInBytes];
        _ = _hash.GetCurrentHash(hash);
        return BinaryPrimitives.ReadUInt128LittleEndian(hash);
    }
}
