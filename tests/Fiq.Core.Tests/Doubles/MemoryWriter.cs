using Fiq.Workers;

namespace Fiq.Tests.Doubles;

/// <summary>A receiver of results that takes as many as the test lets it.</summary>
internal sealed class MemoryWriter(MemoryConsumer consumer) : IResultWriter
{
    private readonly Lock _gate = new();
    private readonly List<WorkResult> _results = [];
    private readonly CancellationTokenSource _gone = new();
    private bool _isClosed;

    /// <summary>How many arrive; the rest stays on its way.</summary>
    public long ArrivesMax { get; set; } = long.MaxValue;

    public Exception? Failure { get; set; }

    public bool IsFull { get; set; }

    public CancellationToken Gone => _gone.Token;

    public IReadOnlyList<WorkResult> Results
    {
        get
        {
            lock (_gate) return [.. _results];
        }
    }

    public IEnumerable<long> Offsets => Results.Select(result => result.Delivery.Offset);

    public void Close()
    {
        _isClosed = true;
        _gone.Cancel();
    }

    public void Write(in WorkResult result)
    {
        lock (_gate) _results.Add(result);
        consumer.Note($"write {result.Delivery.Offset}");
    }

    public ValueTask<WriterProgress> FlushAsync(CancellationToken cancellation)
    {
        if (Failure is not null) throw Failure;
        lock (_gate)
            return new ValueTask<WriterProgress>(
                new WriterProgress(Math.Min(_results.Count, ArrivesMax), _isClosed));
    }
}
