using System.Buffers;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>The body's bytes and LF, nothing else.</summary>
internal sealed class RawResult : IResultFormat
{
    public void Append(IBufferWriter<byte> line, in WorkResult result)
    {
        // A body is printed because its work is done.
        if (result.Failure is not null) return;
        line.Write(result.Delivery.Message.Body.Span);
        line.Write("\n"u8);
    }
}
