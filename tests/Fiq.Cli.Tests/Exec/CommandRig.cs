using System.Text;
using Fiq.Cli.Exec;
using Fiq.Engine;

namespace Fiq.Cli.Tests.Exec;

/// <summary>Real commands on messages that no queue knows, their output in memory.</summary>
internal sealed class CommandRig : IDisposable
{
    private readonly Sink _outputSink = new();
    private readonly Sink _errorSink = new();
    private readonly LineMerger _output;
    private readonly LineMerger _errors;
    private readonly CommandHandler _handler;

    public CommandRig(ExecOptions options)
    {
        _output = new LineMerger(_outputSink.Write, "test output");
        _errors = new LineMerger(_errorSink.Write, "test errors");
        _handler = new CommandHandler(
            options, QueueName.Parse("orders"), GroupName.Default, "/var/queues", _output, _errors);
    }

    public static CommandRig Shell(string command, bool tag = false) => new(ExecOptions.Shell(command, tag));

    public static Delivery Message(string body = "", string key = "a1", long offset = 7, int attempt = 2) =>
        Message(Encoding.UTF8.GetBytes(body), key, offset, attempt);

    public static Delivery Message(byte[] body, string key = "a1", long offset = 7, int attempt = 2) => new(
        offset,
        new Message
        {
            Key = key.Length == 0 ? default : MessageKey.Parse(key),
            Body = body,
            ProcessingMicroseconds = 2_500_000,
        },
        attempt, default);

    public async Task RunAsync(Delivery message, CancellationToken cancellation = default) =>
        await _handler.HandleAsync(message, 1, cancellation);

    public async Task<string> OutputAsync() => Encoding.UTF8.GetString(await OutputBytesAsync());

    public async Task<byte[]> OutputBytesAsync()
    {
        await _output.DrainAsync();
        return _outputSink.Bytes;
    }

    public async Task<string> ErrorsAsync()
    {
        await _errors.DrainAsync();
        return Encoding.UTF8.GetString(_errorSink.Bytes);
    }

    public void Dispose()
    {
        _handler.Dispose();
        _output.Dispose();
        _errors.Dispose();
    }
}

/// <summary>Bytes as they come; the reader may pause, or go.</summary>
internal sealed class Sink
{
    private readonly Lock _gate = new();
    private readonly MemoryStream _bytes = new();
    private readonly ManualResetEventSlim _reads = new(true);

    public bool HasGone { get; set; }

    public byte[] Bytes
    {
        get
        {
            lock (_gate) return _bytes.ToArray();
        }
    }

    public string Text => Encoding.UTF8.GetString(Bytes);

    public void Pause() => _reads.Reset();

    public void ReadOn() => _reads.Set();

    public void Write(ReadOnlySpan<byte> bytes)
    {
        _reads.Wait();
        if (HasGone) throw new IOException("the reader has gone");
        lock (_gate) _bytes.Write(bytes);
    }
}
