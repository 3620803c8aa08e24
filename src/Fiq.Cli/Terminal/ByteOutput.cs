using System.Buffers;
using System.Text;

namespace Fiq.Cli.Terminal;

/// <summary>
/// Stdout as bytes through one buffer of 64 KiB. Not safe for several threads: one owner writes and flushes. When the
/// reader has gone, writing or flushing throws <see cref="OutputClosedException"/>, and what is buffered is dropped.
/// </summary>
internal sealed class ByteOutput : IBufferWriter<byte>
{
    private const int BufferSize = 64 * 1024;

    private readonly Stream _stream;
    private byte[] _buffer = new byte[BufferSize];
    private int _used;

    public ByteOutput(Stream stream) => _stream = stream;

    /// <summary>Bytes written and not flushed.</summary>
    public int Buffered => _used;

    public void Write(string text) => Encoding.UTF8.GetBytes(text, this);

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _used) Flush();
        if (bytes.Length > _buffer.Length)
        {
            _stream.Write(bytes);
            return;
        }

        bytes.CopyTo(_buffer.AsSpan(_used));
        _used += bytes.Length;
    }

    public void Flush()
    {
        int count = _used;
        _used = 0;
        if (count > 0) _stream.Write(_buffer.AsSpan(0, count));
    }

    public void Advance(int count) => _used += count;

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsMemory(_used);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        MakeRoom(sizeHint);
        return _buffer.AsSpan(_used);
    }

    private void MakeRoom(int sizeHint)
    {
        if (_buffer.Length - _used >= Math.Max(sizeHint, 1)) return;
        Flush();
        // A single large value (a body of 16 MiB as JSON) may ask for more at once; keep room for the next such.
        if (_buffer.Length < sizeHint) _buffer = new byte[sizeHint];
    }
}
