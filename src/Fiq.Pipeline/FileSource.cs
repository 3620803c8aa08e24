namespace Fiq.Pipeline;

/// <summary>
/// The lines of a file with sequences that tell where they end: the queue's own position of the producer says where to
/// go on, whenever the reading was interrupted. Another file at the path is another input and begins anew, with larger
/// sequences, so none of its lines is taken for a duplicate. One thread reads.
/// </summary>
public sealed class FileSource : ILineSource, INumbering, IDisposable
{
    private readonly FileSourceOptions _options;
    private readonly FileFollower? _follower;
    private OpenedFile _file;
    private LineReader _reader;
    private Fingerprint _read;
    private StreamNote _at;

    private FileSource(FileSourceOptions options, OpenedFile file, StreamNote at, FileStart start)
    {
        _options = options;
        _follower = options.Follow ? new FileFollower(options) : null;
        Start = start;
        Begin(file, at);
    }

    /// <summary>What was known of the file.</summary>
    public FileStart Start { get; }

    /// <summary>Messages of this input that the queue had before.</summary>
    public long StoredBefore { get; private set; }

    /// <summary>Whether there is nothing in the file that was not read before, at the moment.</summary>
    public bool IsAtEnd => _file.Position >= _file.Length;

    /// <summary>Bytes of the file that were read.</summary>
    public long Position => _file.Position;

    /// <summary>Bytes of the file at the moment.</summary>
    public long Length => _file.Length;

    /// <inheritdoc />
    public bool HasRest => _reader.HasRest;

    /// <summary>Opens a file where the queue says that its producer has come to.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: there is no such file.</exception>
    public static FileSource Open(FileSourceOptions options, ProducerPosition last)
    {
        OpenedFile file = OpenedFile.TryOpen(options.Path)
            ?? throw new FiqException(
                ErrorCode.BadRequest, $"there is no file {Printable.Escape(options.Path)}", "Check the path.");
        var anew = new StreamNote(last.Sequence, 0, 0, Fingerprint.Empty.Hash);
        if (options.Again && last.IsKnown) return new FileSource(options, file, anew, FileStart.Again);
        if (!last.IsKnown) return new FileSource(options, file, anew, FileStart.New);
        if (StreamNote.TryDecode(last.Note.Span) is StreamNote note)
        {
            long position = (long)(last.Sequence - note.Start);
            if (file.TryGoTo(position, note.Hash)) return new FileSource(options, file, note, FileStart.Continued);
            if (options.Follow && FileFollower.TryFindRotated(options.Path, position, note.Hash) is OpenedFile rotated)
            {
                file.Dispose();
                options.Tell?.Invoke($"{Printable.Escape(options.Path)} was rotated; first the rest of {rotated.Path}");
                return new FileSource(options, rotated, note, FileStart.Continued);
            }
        }

        return new FileSource(options, file, anew, FileStart.Replaced);
    }

    /// <inheritdoc />
    public bool TryNext(out InputLine line)
    {
        if (!_reader.TryNext(out line)) return false;
        _at = _at with { Lines = line.Number, Hash = _read.Hash };
        return true;
    }

    /// <inheritdoc />
    public bool Fill()
    {
        if (_follower is null) return _reader.Fill();
        while (true)
        {
            if (_reader.Fill()) return true;
            // Replaced: what it had at its end without a line break is a line now.
            if (_reader.HasRest) return true;
            OpenedFile next = _follower.WaitForNext();
            ulong end = _at.Start + (ulong)_read.Length;
            _file.Dispose();
            Begin(next, new StreamNote(end, 0, 0, Fingerprint.Empty.Hash));
        }
    }

    /// <inheritdoc />
    public Message Number(Message message, in InputLine line)
    {
        _at = _at with { Stored = _at.Stored + 1 };
        return message with { Sequence = _at.Start + (ulong)_read.Length, ProducerNote = _at.Encode() };
    }

    /// <summary>Closes the file.</summary>
    public void Dispose() => _file.Dispose();

    [System.Diagnostics.CodeAnalysis.MemberNotNull(nameof(_file), nameof(_reader))]
    private void Begin(OpenedFile file, StreamNote at)
    {
        _file = file;
        _at = at;
        _read = file.Begin;
        StoredBefore = at.Stored;
        Stream stream = _follower is null ? file : _follower.Follow(file);
        _reader = new LineReader(stream, _options.LineSizeMax, at.Lines, bytes => _read = _read.Add(bytes));
    }
}
