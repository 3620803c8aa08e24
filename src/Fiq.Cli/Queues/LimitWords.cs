using System.Globalization;
using System.Text.Json;

namespace Fiq.Cli.Queues;

/// <summary>The limits of a queue for a person, and as a JSON object.</summary>
internal static class LimitWords
{
    /// <summary><c>at most 1,000 messages; keeps messages for 7d, longer for groups that lag</c></summary>
    public static string Of(QueueLimits limits)
    {
        var most = new List<string>();
        if (limits.MessagesMax is > 0 and long messages)
            most.Add(string.Create(CultureInfo.InvariantCulture, $"{messages:N0} messages"));
        if (limits.BytesMax is > 0 and long bytes) most.Add($"{ByteSize.Show(bytes)} on disk");
        if (limits.MessageBytesMax is int body and < Message.BodySizeMax) most.Add($"{ByteSize.Show(body)} a message");
        string atMost = most.Count == 0 ? "" : $"at most {string.Join(", ", most)}; ";
        string free = limits.FreeBytesMin is long floor
            ? floor == 0 ? "; leaves nothing free on the disk" : $"; leaves {ByteSize.Show(floor)} free on the disk"
            : "";
        return atMost + Kept(limits) + free;
    }

    /// <summary>The members of the object <c>limits</c>; what has no limit is null.</summary>
    public static void Write(Utf8JsonWriter writer, QueueLimits limits)
    {
        writer.WriteStartObject("limits"u8);
        WriteNumber(writer, "maxMessages"u8, limits.MessagesMax);
        WriteNumber(writer, "maxBytes"u8, limits.BytesMax);
        writer.WriteNumber("maxMessageBytes"u8, limits.MessageBytesMax ?? Message.BodySizeMax);
        WriteNumber(writer, "minFreeBytes"u8, limits.FreeBytesMin, zeroIsNone: false);
        writer.WriteString("keep"u8, LimitNames.Get(limits, "keep"));
        writer.WriteString("lagging"u8, LimitNames.Get(limits, "lagging"));
        writer.WriteEndObject();
    }

    private static string Kept(QueueLimits limits)
    {
        if (limits.Keep is not { } keep || keep.Kind == RetentionKind.Settled)
            return "keeps messages until every group has settled them";
        if (keep.Kind == RetentionKind.Forever) return "keeps messages forever";
        string lagging = limits.Lagging switch
        {
            LaggingPolicy.Refuse => "refuses new ones while a group lags behind that",
            LaggingPolicy.DropOldest => "drops the oldest from under groups that lag",
            _ => "longer for groups that lag",
        };
        return keep.Kind == RetentionKind.Age
            ? $"keeps messages for {keep}, {lagging}"
            : $"keeps {ByteSize.Show(keep.Value)} of messages, {lagging}";
    }

    private static void WriteNumber(
        Utf8JsonWriter writer, ReadOnlySpan<byte> name, long? value, bool zeroIsNone = true)
    {
        if (value is long number && (number > 0 || !zeroIsNone)) writer.WriteNumber(name, number);
        else writer.WriteNull(name);
    }
}
