using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Produce;

/// <summary>Says on stderr which lines are not stored, and counts them. Nothing of such a line is kept.</summary>
internal sealed class RefusalReport
{
    private readonly Streams _streams;
    private readonly bool _json;
    private readonly string _unit;
    private readonly string _queue;
    private long _count;

    /// <param name="streams">Where to say it.</param>
    /// <param name="json">As objects.</param>
    /// <param name="unit">What is counted: <c>line</c> or <c>message</c>.</param>
    /// <param name="queue">The queue they were meant for.</param>
    public RefusalReport(Streams streams, bool json, string unit, QueueName queue)
    {
        _streams = streams;
        _json = json;
        _unit = unit;
        _queue = queue.ToString();
    }

    public long Count => Interlocked.Read(ref _count);

    /// <summary>Counts one that was said when the same input was read before.</summary>
    public void AddKnown() => Interlocked.Increment(ref _count);

    public void Add(long number, LineRefusal refusal)
    {
        Interlocked.Increment(ref _count);
        if (_json)
        {
            string? hint = refusal.Expected is null ? null : $"expected {refusal.Expected}";
            var error = new FiqException(refusal.Code, refusal.What, hint) { Queue = _queue };
            _streams.WriteError(ErrorJson.Format(error, number) + "\n");
        }
        else
        {
            _streams.WriteError(string.Create(CultureInfo.InvariantCulture, $"{_unit} {number}: {refusal}\n"));
        }
    }
}
