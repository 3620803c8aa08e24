using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fiq.Files;

namespace Fiq.Engine;

/// <summary>
/// `queue.json`: the queue's id and settings. Truth; made with the queue, and replaced whole when its settings change.
/// </summary>
internal sealed record QueueFile(ulong Id, QueueSettings Settings)
{
    public const string Name = "queue.json";

    private const int FormatCurrent = 1;
    private const int SizeMax = 64 * 1024;

    /// <summary>Whether nothing is to be taken from the queue for now.</summary>
    public bool IsPaused { get; init; }

    /// <summary>Writes the file whole, synced; the caller syncs the folder.</summary>
    public void Create(IDirectory folder)
    {
        byte[] bytes = ToJson();
        WholeFile.TryCreate(folder, Name + ".tmp", Name, bytes, bytes.Length);
    }

    /// <summary>Puts the file in the place of the one before, durably. Groups lock.</summary>
    public void Replace(IDirectory folder)
    {
        byte[] bytes = ToJson();
        WholeFile.Replace(folder, Name + ".tmp", Name, bytes, bytes.Length);
        folder.Sync();
    }

    /// <exception cref="DamagedException">It is missing or no such file.</exception>
    /// <exception cref="FiqException"><see cref="ErrorCode.Unsupported"/>: a newer format.</exception>
    public static QueueFile Read(IDirectory folder)
    {
        using IFile file = folder.TryOpenFile(Name, writable: false)
            ?? throw new DamagedException($"{folder.Path}/{Name}", 0, 0, "it is missing");
        byte[] bytes = new byte[Math.Min(SizeMax, file.Length)];
        int read = file.Read(bytes, 0);
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, read));
            JsonElement root = document.RootElement;
            int format = root.GetProperty("format").GetInt32();
            if (format != FormatCurrent)
                throw new FiqException(
                    ErrorCode.Unsupported,
                    $"{folder.Path}/{Name} has queue format {format}; this fiq reads format {FormatCurrent}",
                    "Use the newer fiq that wrote it. Nothing was changed.");
            QueueFile queue = Of(root);
            // Queues of the first days have none.
            if (root.TryGetProperty("crc", out JsonElement crc) && Hexadecimal(crc) != queue.Checksum())
                throw new DamagedException($"{folder.Path}/{Name}", 0, read, "its checksum is wrong");
            return queue;
        }
        catch (Exception error) when (error is JsonException or FormatException or OverflowException
            or KeyNotFoundException or InvalidOperationException)
        {
            throw new DamagedException($"{folder.Path}/{Name}", 0, read, error.Message);
        }
        catch (FiqException error) when (error.Code == ErrorCode.BadRequest)
        {
            // A limit that nobody could have set.
            throw new DamagedException($"{folder.Path}/{Name}", 0, read, error.Message);
        }
    }

    private static QueueFile Of(JsonElement root)
    {
        QueueLimits limits = QueueLimits.None;
        foreach (string name in LimitNames.All)
            if (root.TryGetProperty(name, out JsonElement value))
                limits = LimitNames.With(limits, name, LimitJson.TextOf(value));
        return new QueueFile(Hexadecimal(root.GetProperty("id")), new QueueSettings
        {
            SegmentBytes = root.GetProperty("segmentBytes").GetInt64(),
            UniqueKeys = root.TryGetProperty("uniqueKeyMicroseconds", out JsonElement time)
                ? new UniqueKeyWindow(time.GetInt64(), root.GetProperty("uniqueKeyMessages").GetInt64())
                : null,
            Limits = limits,
        })
        {
            IsPaused = root.TryGetProperty("paused", out JsonElement paused) && paused.GetBoolean(),
        };
    }

    private byte[] ToJson()
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", FormatCurrent);
            json.WriteString("id", Id.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteNumber("segmentBytes", Settings.SegmentBytes);
            if (Settings.UniqueKeys is UniqueKeyWindow window)
            {
                json.WriteNumber("uniqueKeyMicroseconds", window.Microseconds);
                json.WriteNumber("uniqueKeyMessages", window.Messages);
            }

            LimitJson.Write(json, Settings.Limits);
            if (IsPaused) json.WriteBoolean("paused", true);
            json.WriteString("crc", Checksum().ToString("x8", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static ulong Hexadecimal(JsonElement text) => ulong.Parse(
        text.GetString() ?? "", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // Over what the file says, not over its bytes: a digit that changes is the damage that JSON can't notice. What is
    // not stated is not in it, so that files from before it could be are what they were.
    private uint Checksum()
    {
        string messageBytes = LimitNames.Get(Settings.Limits, LimitNames.MaxMessageBytes) ?? "-";
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{FormatCurrent} {Id:x16} {messageBytes} {Settings.SegmentBytes}");
        if (Settings.UniqueKeys is UniqueKeyWindow window)
            text.Append(CultureInfo.InvariantCulture, $" unique {window.Microseconds} {window.Messages}");
        foreach (string name in LimitNames.All)
            if (name != LimitNames.MaxMessageBytes && LimitNames.Get(Settings.Limits, name) is string value)
                text.Append(CultureInfo.InvariantCulture, $" {name}={value}");
        if (IsPaused) text.Append(" paused=true");
        return Crc32C.Compute(Encoding.ASCII.GetBytes(text.ToString()));
    }
}
