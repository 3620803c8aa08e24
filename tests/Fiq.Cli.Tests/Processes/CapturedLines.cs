using System.Buffers;
using System.Diagnostics;
using System.Diagnostics.CodeAnalysis;
using System.Text;
using System.Text.RegularExpressions;

namespace Fiq.Cli.Tests.Processes;

/// <summary>A line that a process has written, and when it came.</summary>
internal readonly record struct CapturedLine(string Text, long Timestamp);

/// <summary>What a process writes to a pipe, read as it comes, byte for byte and as lines.</summary>
internal sealed class CapturedLines
{
    private readonly Lock _lock = new();
    private readonly List<CapturedLine> _lines = [];
    private readonly ArrayBufferWriter<byte> _bytes = new();
    private readonly ArrayBufferWriter<byte> _rest = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private bool _ended;

    public CapturedLines(Stream pipe)
    {
        Ended = Task.Run(() => ReadAsync(pipe));
    }

    /// <summary>Ends when the pipe does.</summary>
    public Task Ended { get; }

    public IReadOnlyList<CapturedLine> Captured
    {
        get
        {
            lock (_lock)
            {
                return [.. _lines];
            }
        }
    }

    public IReadOnlyList<string> Lines => [.. Captured.Select(line => line.Text)];

    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _lines.Count;
            }
        }
    }

    public byte[] Bytes
    {
        get
        {
            lock (_lock)
            {
                return _bytes.WrittenSpan.ToArray();
            }
        }
    }

    public string Text => Encoding.UTF8.GetString(Bytes);

    /// <summary>Waits until there are so many lines. Fails when the pipe ends before, or nothing more comes.</summary>
    public Task WaitForCountAsync(int count) => WaitAsync(() => Count >= count, $"{count} lines");

    /// <summary>Waits for the first line that contains the text, and returns it.</summary>
    public async Task<CapturedLine> WaitForAsync(string text)
    {
        bool Contains(CapturedLine line) => line.Text.Contains(text, StringComparison.Ordinal);
        await WaitAsync(() => Captured.Any(Contains), $"a line with \"{text}\"");
        return Captured.First(Contains);
    }

    /// <summary>Waits for a line that matches a pattern.</summary>
    public Task WaitForMatchAsync([StringSyntax(StringSyntaxAttribute.Regex)] string pattern) =>
        WaitAsync(() => Captured.Any(line => Regex.IsMatch(line.Text, pattern)), $"a line like \"{pattern}\"");

    private async Task WaitAsync(Func<bool> isThere, string what)
    {
        while (true)
        {
            Task changed;
            bool ended;
            lock (_lock)
            {
                changed = _changed.Task;
                ended = _ended;
            }

            if (isThere())
            {
                return;
            }

            var inTime = !ended && await Task.WhenAny(changed, Task.Delay(FiqProcess.Patience)) == changed;
            if (!inTime)
            {
                throw new TimeoutException($"waited for {what}, but there are {Count}:\n{Tail()}");
            }
        }
    }

    private string Tail() => string.Join('\n', Captured.TakeLast(20).Select(line => line.Text));

    private async Task ReadAsync(Stream pipe)
    {
        var buffer = new byte[64 * 1024];
        int count;
        while ((count = await pipe.ReadAsync(buffer)) > 0)
        {
            Add(buffer.AsSpan(0, count), Stopwatch.GetTimestamp());
        }

        lock (_lock)
        {
            _ended = true;
            _changed.TrySetResult();
        }
    }

    private void Add(ReadOnlySpan<byte> bytes, long now)
    {
        lock (_lock)
        {
            _bytes.Write(bytes);
            int end;
            while ((end = bytes.IndexOf((byte)'\n')) >= 0)
            {
                _rest.Write(bytes[..end]);
                _lines.Add(new CapturedLine(Encoding.UTF8.GetString(_rest.WrittenSpan), now));
                _rest.ResetWrittenCount();
                bytes = bytes[(end + 1)..];
            }

            _rest.Write(bytes);
            _changed.TrySetResult();
            _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        }
    }
}
