namespace Fiq.Engine;

/// <summary>In which settings a queue differs from one that was asked for, and what can be done about it.</summary>
internal static class SettingsDifference
{
    /// <summary>The refusal to create a queue that is there with other settings; null when they are the same.</summary>
    public static FiqException? Refusal(QueueName queue, QueueSettings there, QueueSettings wanted)
    {
        List<string> made = [];
        if (there.UniqueKeys != wanted.UniqueKeys)
            made.Add(there.UniqueKeys is null || wanted.UniqueKeys is null ? "unique keys" : "window of unique keys");
        if (there.SegmentBytes != wanted.SegmentBytes) made.Add("segment size");
        List<string> changeable = [.. Limits(there.Limits, wanted.Limits)];
        if (made.Count + changeable.Count == 0) return null;
        string what = string.Join(", ", made.Concat(changeable));
        return new FiqException(
            ErrorCode.QueueExistsDifferent,
            $"queue \"{queue}\" exists with other settings: {what}",
            made.Count == 0
                ? $"Use it as it is, or change it: fiq queue set {queue}."
                : "Unique keys and the segment size are fixed when a queue is made: use it as it is, or another name.")
        {
            Queue = queue.ToString(),
        };
    }

    private static IEnumerable<string> Limits(QueueLimits there, QueueLimits wanted)
    {
        // What is not stated is the same as what it stands for.
        var stated = new QueueLimits { MessageBytesMax = Message.BodySizeMax };
        (there, wanted) = (there.Over(stated), wanted.Over(stated));
        return LimitNames.All
            .Where(name => LimitNames.Get(there, name) != LimitNames.Get(wanted, name))
            .Select(LimitNames.Option);
    }
}
