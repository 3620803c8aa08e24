using System.Buffers;
using Fiq.Cli.Consume;
using Fiq.Cli.Frame;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Exec;

/// <summary>
/// What a person hears of commands, on stderr: what failed; with --verbose also what is done, with --quiet only what
/// failed for good.
/// </summary>
internal sealed class ExecText : IResultFormat
{
    private readonly TextResult _lines;
    private readonly bool _saysDone;
    private readonly bool _saysRetry;

    public ExecText(Invocation invocation)
    {
        Streams streams = invocation.Streams;
        _lines = new TextResult(invocation.ErrorInk, streams.ErrorIsTerminal ? streams.Width : null);
        (_saysDone, _saysRetry) = (invocation.Verbose && !invocation.Quiet, !invocation.Quiet);
    }

    public void Append(IBufferWriter<byte> line, in WorkResult result)
    {
        bool isSaid = result.Failure is { } failure ? failure.IsDead || _saysRetry : _saysDone;
        if (isSaid) _lines.Append(line, result);
    }
}
