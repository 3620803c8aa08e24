using System.Diagnostics;
using System.Globalization;
using System.Threading.Channels;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Pipeline;

namespace Fiq.Cli.Produce;

/// <summary>
/// A person at a terminal: each line is stored, synced and acknowledged at once, showing how it was read. Prompt and
/// refusals go to stderr, acknowledgements to stdout. The terminal stays in its own line mode.
/// </summary>
internal sealed class PromptRun
{
    private const string Example = "a1:hello:2";

    /// <summary>What else stands on an acknowledgement's line.</summary>
    private const int LineOverheadWidth = 44;

    private readonly Invocation _invocation;
    private readonly Streams _streams;
    private readonly IQueueProducer _producer;
    private readonly ILineFormat _format;
    private readonly string _expected;
    private readonly Channel<InputLine> _lines = Channel.CreateBounded<InputLine>(1);
    private long _acked;
    private long _refused;

    // Whoever types goes on behind what the name has stored: typed lines are always new.
    private ulong? _sequence;

    public PromptRun(Invocation invocation, IQueueProducer producer, ILineFormat format, ProducerPosition? last = null)
    {
        _sequence = last?.Sequence;
        _invocation = invocation;
        _streams = invocation.Streams;
        _producer = producer;
        _format = format;
        _expected = format switch
        {
            MessageLine text => text.Expected,
            JsonLine => "{\"key\":\"a1\",\"body\":\"hello\",\"time\":2}",
            _ => "messages",
        };
    }

    public async Task<ExitCode> RunAsync()
    {
        using var stop = new CancellationTokenSource();
        using var signals = new StopSignals(_ => stop.Cancel(), StopSignals.EndByDefault);
        new Thread(ReadLines) { IsBackground = true, Name = "input" }.Start();
        await OpenAsync();
        await ConverseAsync(stop.Token);
        Close();
        return signals.ExitAfterDrain(ExitCode.Done);
    }

    private async Task OpenAsync()
    {
        string where = _producer.QueueCreated
            ? await NewQueue.SentenceAsync(_invocation, _producer.Queue)
            : $"{_producer.Queue} in {_invocation.Store.Display}";
        string end = _format.IsText ? "exit or Ctrl-D ends" : "Ctrl-D ends";
        _invocation.Say($"{where} · type {_expected} · {end}");
    }

    private void Close()
    {
        string rest = _refused > 0 ? string.Create(CultureInfo.InvariantCulture, $", {_refused:N0} not stored") : "";
        string next = _acked > 0 ? $" Next: fiq consume {_producer.Queue} --workers 4" : "";
        _invocation.Say(string.Create(CultureInfo.InvariantCulture, $"{_acked:N0} acked{rest}.{next}"));
    }

    private async Task ConverseAsync(CancellationToken stop)
    {
        while (true)
        {
            _streams.WriteError(_invocation.ErrorInk.Bold($"{_producer.Queue}> "));
            InputLine line;
            try
            {
                line = await _lines.Reader.ReadAsync(stop);
            }
            catch (Exception error) when (error is OperationCanceledException or ChannelClosedException)
            {
                // Ctrl-C or Ctrl-D: the cursor still stands behind the prompt.
                _streams.WriteError("\n");
                if (error.InnerException is { } broken) throw broken;
                return;
            }

            ReadOnlyMemory<byte> bytes = _format.IsText ? TextLine.WithoutReturn(line.Bytes) : line.Bytes;
            if (_format.IsText && TextLine.IsExit(bytes.Span)) return;
            if (line.SkippedSize == 0 && bytes.Span.Trim(" \t"u8).IsEmpty) continue;
            await StoreAsync(line, bytes);
        }
    }

    private async Task StoreAsync(InputLine line, ReadOnlyMemory<byte> bytes)
    {
        LineRefusal? refusal = null;
        Message? message = line.SkippedSize > 0 ? null : _format.Parse(bytes, out refusal);
        if (message is null)
        {
            refusal ??= LineRefusal.LineTooLong(line.SkippedSize, _format.BodySizeMax);
            bool plain = refusal.Expected == "key:message:seconds";
            Refuse(plain ? $"{refusal.What} (expected {refusal.Expected}, such as {Example})" : refusal.ToString());
            return;
        }

        try
        {
            long started = Stopwatch.GetTimestamp();
            if (_sequence is ulong before) message = message with { Sequence = (_sequence = before + 1).Value };
            IReadOnlyList<Acknowledgement> acks = await _producer.ProduceAsync([message], CancellationToken.None);
            Show(acks[0], message, Stopwatch.GetElapsedTime(started));
        }
        catch (FiqException error) when (error.Code
            is ErrorCode.MessageTooLarge or ErrorCode.QueueFull or ErrorCode.DiskFull or ErrorCode.Busy)
        {
            // A person can make room and type the line again.
            Refuse(error.Hint is null ? error.Message : $"{error.Message}. {error.Hint}");
        }
    }

    private void Refuse(string why)
    {
        _refused++;
        _streams.WriteError($"{_invocation.ErrorInk.Yellow("not stored")}: {Printable.Escape(why)}\n");
    }

    private void Show(Acknowledgement ack, Message message, TimeSpan took)
    {
        _acked++;
        if (_invocation.Quiet) return;
        if (!_streams.OutputIsTerminal)
        {
            // Results that go to a file look as they do from a pipe.
            var acks = new AckWriter(_streams.Output, json: false, quiet: false);
            acks.Write(ack, message.Key);
            acks.Flush();
            return;
        }

        CultureInfo invariant = CultureInfo.InvariantCulture;
        string head = string.Create(invariant, $"acked #{ack.Offset} {message.Key}").TrimEnd();
        int width = Math.Max(8, _streams.Width - LineOverheadWidth - message.Key.Bytes.Length);
        string body = Shown.Body(message.Body.Span, width);
        string time = SecondsText.Format(message.ProcessingMicroseconds);
        string synced = string.Create(
            invariant, $"{AckWriter.Word(ack.Durability)} in {took.TotalMilliseconds:0.0} ms");
        Ink ink = _invocation.OutputInk;
        _streams.Output.Write($"{ink.Green(head)}  {body}  {time}  {ink.Dim(synced)}\n");
        _streams.Output.Flush();
    }

    private void ReadLines()
    {
        Exception? broken = null;
        try
        {
            var reader = new LineReader(_streams.Input, _format.LineSizeMax);
            do
            {
                while (reader.TryNext(out InputLine line)) _lines.Writer.WriteAsync(line).AsTask().Wait();
            }
            while (reader.Fill());
            while (reader.TryNext(out InputLine line)) _lines.Writer.WriteAsync(line).AsTask().Wait();
        }
        catch (Exception error) when (error is IOException or ObjectDisposedException)
        {
            // Disposed: the prompt has ended before its input.
            broken = error;
        }

        _lines.Writer.TryComplete(broken);
    }
}
