using System.Buffers;
using Fiq.Workers;

namespace Fiq.Cli.Consume;

/// <summary>What a finished message looks like on stdout.</summary>
internal interface IResultFormat
{
    /// <summary>Appends one line, with its LF.</summary>
    void Append(IBufferWriter<byte> line, in WorkResult result);
}
