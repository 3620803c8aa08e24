using Fiq.Cli.Terminal;

namespace Fiq.Cli.Consume;

/// <summary>A file, a device, or a stream of a test: what is written has arrived.</summary>
internal sealed class StreamOutlet(ByteOutput output) : IOutlet
{
    public bool Holds => false;

    public int Write(ReadOnlySpan<byte> bytes)
    {
        output.Write(bytes);
        output.Flush();
        return bytes.Length;
    }

    public (long Unread, bool IsClosed) Look() => (0, false);
}
