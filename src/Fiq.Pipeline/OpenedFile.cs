using Microsoft.Win32.SafeHandles;

namespace Fiq.Pipeline;

/// <summary>
/// One file that is read to its end, as a stream from a position on. What was read is compared with what is there each
/// time somebody may have changed it: a file that shrank or began anew is not read on.
/// </summary>
internal sealed class OpenedFile : Stream
{
    private const int WindowSize = 4096;
    private const int ChunkSize = 64 * 1024;

    private readonly SafeFileHandle _handle;
    private readonly byte[] _window = new byte[WindowSize];
    private byte[] _head = [];
    private byte[] _tail = [];

    private OpenedFile(SafeFileHandle handle, string path)
    {
        _handle = handle;
        Path = path;
        Node = FileCalls.Of(handle);
    }

    /// <summary>Where it was when it was opened.</summary>
    public string Path { get; }

    public FileNode Node { get; }

    /// <summary>Its bytes up to the position from which it is read.</summary>
    public Fingerprint Begin { get; private set; } = Fingerprint.Empty;

    /// <summary>Opens a regular file; null when there is none.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: something else is there.</exception>
    public static OpenedFile? TryOpen(string path)
    {
        if (FileCalls.TryOf(path) is not FileNode node) return null;
        if (!node.IsRegular)
            throw new FiqException(
                ErrorCode.BadRequest,
                $"{Printable.Escape(path)} is not a regular file",
                "What can be read only once goes through a pipe: fiq produce QUEUE < PATH.");
        try
        {
            return new OpenedFile(
                File.OpenHandle(path, share: FileShare.ReadWrite | FileShare.Delete), path);
        }
        catch (FileNotFoundException)
        {
            return null; // gone since it was looked at
        }
    }

    /// <summary>
    /// Goes to a position if the bytes before it are those with this hash; false, and still at the beginning, when not.
    /// </summary>
    public bool TryGoTo(long position, ulong hash)
    {
        if (position > Length) return false;
        byte[] chunk = new byte[ChunkSize];
        Fingerprint read = Fingerprint.Empty;
        while (read.Length < position)
        {
            int wanted = (int)Math.Min(ChunkSize, position - read.Length);
            int count = RandomAccess.Read(_handle, chunk.AsSpan(0, wanted), read.Length);
            if (count == 0) break;
            read = read.Add(chunk.AsSpan(0, count));
            Remember(chunk.AsSpan(0, count));
        }

        if (read != new Fingerprint(position, hash))
        {
            (_head, _tail) = ([], []);
            return false;
        }

        (Begin, Position) = (read, position);
        SkipLateLineBreak();
        return true;
    }

    /// <summary>Reads on; false, and nothing is read, when what was read before is not there any more.</summary>
    public bool TryRead(Span<byte> buffer, out int count)
    {
        count = RandomAccess.Read(_handle, buffer, Position);
        // Behind the reading, so that no byte of another content is taken.
        if (Length < Position || !IsAt(_head, 0) || !IsAt(_tail, Position - _tail.Length)) return false;
        Remember(buffer[..count]);
        Position += count;
        return true;
    }

    public override bool CanRead => true;

    public override bool CanSeek => false;

    public override bool CanWrite => false;

    public override long Length => RandomAccess.GetLength(_handle);

    public override long Position { get; set; }

    /// <exception cref="FiqException">It is not the file any more that it was.</exception>
    public override int Read(Span<byte> buffer) => TryRead(buffer, out int count)
        ? count
        : throw new FiqException(
            ErrorCode.Failed,
            $"{Printable.Escape(Path)} was cut off or written anew while it was read",
            "Run it again once nobody changes the file, or with --follow.");

    public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

    public override void Flush() => throw new NotSupportedException();

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();

    protected override void Dispose(bool disposing)
    {
        if (disposing) _handle.Dispose();
        base.Dispose(disposing);
    }

    /// <summary>
    /// A last line that was stored without its line break has got it since: it is no line of its own.
    /// </summary>
    private void SkipLateLineBreak()
    {
        Span<byte> two = stackalloc byte[2];
        if (Position == 0 || RandomAccess.Read(_handle, two, Position - 1) < 2) return;
        if (two[0] == (byte)'\n' || two[1] != (byte)'\n') return;
        Remember(two[1..]);
        Begin = Begin.Add(two[1..]);
        Position++;
    }

    private void Remember(ReadOnlySpan<byte> bytes)
    {
        if (_head.Length < WindowSize)
            _head = [.. _head, .. bytes[..Math.Min(bytes.Length, WindowSize - _head.Length)]];
        int kept = Math.Min(_tail.Length, Math.Max(0, WindowSize - bytes.Length));
        _tail = [.. _tail[^kept..], .. bytes[^Math.Min(bytes.Length, WindowSize)..]];
    }

    private bool IsAt(byte[] expected, long position)
    {
        Span<byte> found = _window.AsSpan(0, expected.Length);
        return RandomAccess.Read(_handle, found, position) == found.Length && found.SequenceEqual(expected);
    }
}
