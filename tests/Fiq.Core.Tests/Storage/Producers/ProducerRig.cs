using System.Text;
using Fiq.Engine;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage.Producers;

/// <summary>Named producers on a queue's log; each attachment is as good as a process.</summary>
internal static class ProducerCalls
{
    public static readonly ProducerName Nightly = ProducerName.Parse("nightly");

    /// <summary>Opens a name as a process does.</summary>
    public static Numbered Open(this LogRig rig, string name = "nightly", Faults? faults = null)
    {
        QueueLog log = rig.Attach(faults);
        try
        {
            NamedProducer producer = NamedProducer.Open(log, ProducerName.Parse(name));
            return new Numbered(log, producer);
        }
        catch
        {
            LogCalls.Dies(log.Dispose);
            throw;
        }
    }

    /// <summary>How far a name has come, as the next process finds it.</summary>
    public static ProducerPosition PositionOf(this LogRig rig, string name)
    {
        using Numbered opened = rig.Open(name);
        return opened.Producer.Last;
    }

    /// <summary>Sends so many messages, numbered from one on, as if nothing had been sent before.</summary>
    public static List<Acknowledgement> SendAll(this Numbered opened, int count, string padding = "")
    {
        var acknowledged = new List<Acknowledgement>();
        for (int i = 1; i <= count; i++) acknowledged.Add(opened.Send((ulong)i, padding));
        return acknowledged;
    }

    public static Message MessageOf(ulong sequence, string padding = "") => new()
    {
        Body = Encoding.UTF8.GetBytes($"{sequence}{padding}"),
        Sequence = sequence,
        ProducerNote = Encoding.UTF8.GetBytes($"note {sequence}"),
    };
}

/// <summary>A named producer with its log; commits as the appender does, on this thread.</summary>
internal sealed class Numbered(QueueLog log, NamedProducer producer) : IDisposable
{
    public QueueLog Log => log;

    public NamedProducer Producer => producer;

    public Acknowledgement Send(ulong sequence, string padding = "") =>
        Send(ProducerCalls.MessageOf(sequence, padding))[0];

    public List<Acknowledgement> Send(params Message[] messages)
    {
        var request = new AppendRequest(messages);
        try
        {
            producer.Look();
            using var commit = new GatheredCommit([request], 1_700_000_000_000_000, log, producer, keys: null);
            commit.Complete(log.Commit(commit));
        }
        catch
        {
            producer.Doubt();
            throw;
        }

        Stored stored = request.Task.GetAwaiter().GetResult();
        return [.. messages.Select((_, i) => stored.At(i))];
    }

    /// <summary>Comes further without a message, as the appender does it.</summary>
    public void Move(ulong sequence)
    {
        try
        {
            producer.Look();
            producer.Move(sequence, Encoding.UTF8.GetBytes($"moved to {sequence}"));
        }
        catch
        {
            producer.Doubt();
            throw;
        }
    }

    public void Dispose()
    {
        LogCalls.Dies(log.Dispose);
    }
}
