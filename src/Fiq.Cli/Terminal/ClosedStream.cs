namespace Fiq.Cli.Terminal;

/// <summary>
/// A standard descriptor that was closed when the process began (<c>&gt;&amp;-</c>). The runtime's own files have taken
/// its number by now: writing there would damage them, reading there would never end.
/// </summary>
internal sealed class ClosedStream : Stream
{
    private readonly string _name;

    public ClosedStream(string name) => _name = name;

    public override bool CanRead => true;

    public override bool CanWrite => true;

    public override bool CanSeek => false;

    public override long Length => throw new NotSupportedException();

    public override long Position
    {
        get => throw new NotSupportedException();
        set => throw new NotSupportedException();
    }

    public override int Read(byte[] buffer, int offset, int count) => throw Closed();

    public override void Write(byte[] buffer, int offset, int count) => throw Closed();

    public override void Flush()
    {
        // Nothing is held back here.
    }

    public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

    public override void SetLength(long value) => throw new NotSupportedException();

    private IOException Closed() => new($"{_name} is closed");
}
