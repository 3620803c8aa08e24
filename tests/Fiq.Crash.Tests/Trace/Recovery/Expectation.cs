using Fiq.Crash.Tests.Trace.Laws;
using Fiq.Crash.Tests.Trace.Scenarios;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>What must be true after a crash at a moment, because of what had been told until then.</summary>
internal sealed class Expectation
{
    private readonly TraceRecord _record;
    private readonly List<ToldLine> _told;

    public Expectation(TraceRecord record, long moment)
    {
        _record = record;
        _told = [.. record.Told.Where(line => line.Moment <= moment)];
        var lines = record.Calls.OfType<Told>().Where(told => told.When.Start <= moment)
            .Select(told => told.Text).ToList();
        MayBeGone = record.Calls.OfType<Renamed>()
            .Any(renamed => renamed.From == Producing.Queue && renamed.When.Start <= moment);
        MustBeGone = lines.Exists(line => line.StartsWith(DeletedLine, StringComparison.Ordinal));
        MustBeThere = !MayBeGone
            && (_told.Count > 0 || lines.Exists(line => line.StartsWith(CreatedLine, StringComparison.Ordinal)));
    }

    /// <summary>The queue was told to exist, by words or by messages.</summary>
    public bool MustBeThere { get; }

    /// <summary>Its deletion was told.</summary>
    public bool MustBeGone { get; }

    /// <summary>Its deletion had begun.</summary>
    public bool MayBeGone { get; }

    private const string CreatedLine = $"{{\"name\":\"{Producing.Queue}\",\"created\":true";
    private const string DeletedLine = $"{{\"name\":\"{Producing.Queue}\",\"deleted\":true";

    /// <summary>
    /// What is wrong with everything that a new group was given; null when nothing is.
    /// </summary>
    public string? WhatIsWrongWith(IReadOnlyList<DeliveredMessage> given)
    {
        var first = given.Count == 0 ? 0 : given[0].Offset;
        if (given.Where((message, index) => message.Offset != first + index).FirstOrDefault() is { } gap)
        {
            return $"#{gap.Offset} follows a gap, or came twice";
        }

        if (given.FirstOrDefault(message => _record.Sent.GetValueOrDefault(message.Key) != message.Body) is { } other)
        {
            return $"#{other.Offset} {other.Key} was never sent like that";
        }

        var keys = given.Select(message => message.Key).ToList();
        if (keys.Distinct().Count() != keys.Count)
        {
            return "a message was stored twice";
        }

        var stored = given.ToDictionary(message => message.Offset, message => message.Key);
        bool IsMissing(ToldLine line) => stored.GetValueOrDefault(line.Offset) != line.Key && !IsTrimmed(line, first);
        return _told.FirstOrDefault(IsMissing) is { } missing
            ? $"#{missing.Offset} {missing.Key} was told and is not there"
            : OrderBreach(given);
    }

    /// <summary>
    /// What is wrong with what came to an old group again; null when nothing is. A settlement may be lost, a message
    /// that was never settled may not.
    /// </summary>
    public string? WhatIsWrongWith(string group, IReadOnlyList<DeliveredMessage> given)
    {
        var settled = _record.Told.Where(line => line.Group == group).Select(line => line.Offset);
        var seen = settled.Concat(given.Select(message => message.Offset)).ToHashSet();
        return _told.FirstOrDefault(line => !seen.Contains(line.Offset)) is { } missing
            ? $"#{missing.Offset} {missing.Key} was never settled by {group} and did not come"
            : null;
    }

    /// <summary>Every group had done it, so its segment may be deleted.</summary>
    private bool IsTrimmed(ToldLine line, long first) => line.Offset < first
        && _told.Where(other => other.Offset == line.Offset && other.Group is not null)
            .Select(other => other.Group).Distinct().Count() >= _record.Groups;

    /// <summary>What one producer sent one by one is stored in that order, without one left out.</summary>
    private static string? OrderBreach(IReadOnlyList<DeliveredMessage> given) =>
        (from producer in given.GroupBy(message => message.Key[..message.Key.LastIndexOf('-')])
         let numbers = producer.Select(message => int.Parse(message.Key.AsSpan(message.Key.LastIndexOf('-') + 1)))
         where !numbers.SequenceEqual(Enumerable.Range(numbers.First(), numbers.Count()))
         select $"the messages of {producer.Key} are out of order, or one is left out").FirstOrDefault();
}
