namespace Fiq.Pipeline;

/// <summary>
/// Reads a file as it grows, and notices that it was replaced: renamed and made anew, cut off and filled again. It
/// looks at the file again and again; nothing needs to tell it, so nothing that is told can be missed.
/// </summary>
internal sealed class FileFollower(FileSourceOptions options)
{
    // A folder with more names than this is not a folder of logs; a rotated file is looked for among the first.
    private const int CandidatesMax = 64;

    private string? _why;

    /// <summary>The bytes of a file, waiting for more at its end, until it is replaced.</summary>
    public Stream Follow(OpenedFile file) => new GrowingStream(this, file);

    /// <summary>Waits until there is a file at the path, and opens it.</summary>
    public OpenedFile WaitForNext()
    {
        OpenedFile? next;
        while ((next = OpenedFile.TryOpen(options.Path)) is null) Thread.Sleep(options.PollInterval);
        options.Tell?.Invoke($"{Printable.Escape(options.Path)} {_why}; going on with the new one");
        return next;
    }

    /// <summary>
    /// The file that was at a path when it was read so far, under the name that a rotation gave it; null when none is.
    /// </summary>
    public static OpenedFile? TryFindRotated(string path, long position, ulong hash)
    {
        string full = Path.GetFullPath(path);
        string name = Path.GetFileName(full);
        IEnumerable<string> candidates = Directory.EnumerateFiles(Path.GetDirectoryName(full)!)
            .Where(other => other != full && Path.GetFileName(other).StartsWith(name, StringComparison.Ordinal))
            .Take(CandidatesMax);
        foreach (string candidate in candidates)
        {
            if (FileCalls.TryOf(candidate) is not { IsRegular: true }) continue;
            OpenedFile? file = OpenedFile.TryOpen(candidate);
            if (file is null || file.TryGoTo(position, hash)) return file;
            file.Dispose();
        }

        return null;
    }

    /// <summary>Reads what is there; waits at the end; 0 once the file is replaced and read to its end.</summary>
    private int Read(OpenedFile file, Span<byte> buffer)
    {
        TimeSpan quiet = TimeSpan.Zero;
        while (true)
        {
            if (!file.TryRead(buffer, out int count))
            {
                _why = "was cut off or written anew";
                return 0;
            }

            if (count > 0) return count;
            FileNode? there = FileCalls.TryOf(options.Path);
            // Without a name for a moment: it is being renamed, and its writer goes on in it.
            bool isReplaced = there is FileNode node && node != file.Node;
            if (isReplaced && quiet >= options.RotationPatience)
            {
                _why = "was rotated";
                return 0;
            }

            Thread.Sleep(options.PollInterval);
            quiet = isReplaced ? quiet + options.PollInterval : TimeSpan.Zero;
        }
    }

    private sealed class GrowingStream(FileFollower follower, OpenedFile file) : Stream
    {
        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => file.Length;

        public override long Position
        {
            get => file.Position;
            set => throw new NotSupportedException();
        }

        public override int Read(Span<byte> buffer) => follower.Read(file, buffer);

        public override int Read(byte[] buffer, int offset, int count) => Read(buffer.AsSpan(offset, count));

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
