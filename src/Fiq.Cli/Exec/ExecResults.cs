using System.Buffers;
using Fiq.Cli.Consume;
using Fiq.Workers;

namespace Fiq.Cli.Exec;

/// <summary>
/// What is said about messages that a command works on. The work itself is the result, so whatever is said has
/// arrived: a message is settled without waiting for a reader. No command begins while too much waits to be read.
/// </summary>
internal sealed class ExecResults(IResultFormat format, LineMerger merger) : IResultWriter
{
    private readonly ArrayBufferWriter<byte> _line = new();
    private long _count;

    public bool IsFull => false;

    public CancellationToken Gone => CancellationToken.None;

    public void Write(in WorkResult result)
    {
        _count++;
        format.Append(_line, result);
        if (_line.WrittenCount > 0) merger.Add(this, _line.WrittenSpan);
        _line.ResetWrittenCount();
    }

    public ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation) =>
        new(new WriterProgress(_count, IsClosed: false));
}
