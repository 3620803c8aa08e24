using Fiq.Engine;

namespace Fiq.Cli.Tests.Doubles;

/// <summary>Queues as an engine describes them.</summary>
internal static class Described
{
    public static GroupDescription Group(
        long lag, double seconds, string name = "default", int workers = 0, double? age = null) => new()
        {
            Name = GroupName.Parse(name),
            Floor = 0,
            Ready = lag,
            Leased = 0,
            Delayed = 0,
            Retrying = 0,
            Lag = lag,
            BacklogSeconds = seconds,
            OldestAgeSeconds = age,
            Consumers = workers == 0 ? [] : [new ConsumerDescription(42, workers, 2, 0)],
        };

    public static QueueDescription Queue(long next, params GroupDescription[] groups) => new()
    {
        Name = QueueName.Parse("orders"),
        Messages = next,
        Records = next,
        Bytes = 1234,
        FirstOffset = 0,
        NextOffset = next,
        Watermark = next,
        Segments = 1,
        Groups = groups,
    };
}
