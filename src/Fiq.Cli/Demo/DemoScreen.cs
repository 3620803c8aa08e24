using System.Diagnostics;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Demo;

/// <summary>Prints what producer and workers do, each line with its time. Owns stdout while the show runs.</summary>
internal sealed class DemoScreen : IResultWriter
{
    private const int BodyWidth = 26;

    private readonly long _started = Stopwatch.GetTimestamp();
    private readonly Invocation _invocation;
    private readonly ByteOutput _output;
    private readonly Lock _lock = new();
    private long _written;
    private bool _closed;

    public DemoScreen(Invocation invocation)
    {
        _invocation = invocation;
        _output = invocation.Streams.Output;
    }

    public bool IsFull => false;

    public CancellationToken Gone => CancellationToken.None;

    public void Open(StoreLocation store, int workers) => _invocation.Say(
        $"A queue in {store.Display}, a producer, and {workers} workers that take what it stores.\n"
        + "acked: it is on disk. done: a worker has finished it.\n");

    public void Acked(Acknowledgement ack, Message message)
    {
        string work = SecondsText.Format(message.ProcessingMicroseconds) + " of work";
        Print("acked", ack.Offset, message, work, _invocation.OutputInk.Dim);
    }

    public void Write(in WorkResult result)
    {
        string took = string.Create(
            CultureInfo.InvariantCulture, $"{result.Elapsed.TotalSeconds:0.000} s  worker {result.Worker}");
        Print("done ", result.Delivery.Offset, result.Delivery.Message, took, _invocation.OutputInk.Green);
        _written++;
    }

    public ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation) =>
        new(new WriterProgress(_closed ? 0 : _written, _closed));

    private void Print(string word, long offset, Message message, string rest, Func<string, string> paint)
    {
        if (_invocation.Json || _invocation.Quiet) return;
        string time = string.Create(
            CultureInfo.InvariantCulture, $"{Stopwatch.GetElapsedTime(_started).TotalSeconds,5:0.00} s");
        string head = string.Create(CultureInfo.InvariantCulture, $"{word} #{offset,-2} {message.Key,-4}");
        string body = Shown.Body(message.Body.Span, BodyWidth).PadRight(BodyWidth);
        lock (_lock)
        {
            if (_closed) return;
            try
            {
                _output.Write($"{time}  {paint(head)}  {body}  {rest}\n");
                _output.Flush();
            }
            catch (OutputClosedException)
            {
                _closed = true;
            }
        }
    }
}
