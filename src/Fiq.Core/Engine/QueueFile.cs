using System.Buffers;
using System.Globalization;
using System.Text;
using System.Text.Json;
using Fiq.Files;

namespace Fiq.Engine;

/// <summary>`queue.json`: the queue's id and settings. Truth; written once, when the queue is created.</summary>
internal sealed record QueueFile(ulong Id, QueueSettings Settings)
{
    public const string Name = "queue.json";

    private const int FormatCurrent = 1;
    private const int SizeMax = 64 * 1024;

    /// <summary>Writes the file whole, synced; the caller syncs the folder.</summary>
    public void Create(IDirectory folder)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using (var json = new Utf8JsonWriter(buffer, new JsonWriterOptions { Indented = true }))
        {
            json.WriteStartObject();
            json.WriteNumber("format", FormatCurrent);
            json.WriteString("id", Id.ToString("x16", CultureInfo.InvariantCulture));
            json.WriteNumber("maxMessageBytes", Settings.MessageBytesMax);
            json.WriteNumber("segmentBytes", Settings.SegmentBytes);
            if (Settings.UniqueKeys is UniqueKeyWindow window)
            {
                json.WriteNumber("uniqueKeyMicroseconds", window.Microseconds);
                json.WriteNumber("uniqueKeyMessages", window.Messages);
            }

            json.WriteString("crc", Checksum().ToString("x8", CultureInfo.InvariantCulture));
            json.WriteEndObject();
        }

        WholeFile.TryCreate(folder, Name + ".tmp", Name, buffer.WrittenSpan, buffer.WrittenCount);
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
            var queue = new QueueFile(Hexadecimal(root.GetProperty("id")), new QueueSettings
            {
                MessageBytesMax = root.GetProperty("maxMessageBytes").GetInt32(),
                SegmentBytes = root.GetProperty("segmentBytes").GetInt64(),
                UniqueKeys = root.TryGetProperty("uniqueKeyMicroseconds", out JsonElement time)
                    ? new UniqueKeyWindow(time.GetInt64(), root.GetProperty("uniqueKeyMessages").GetInt64())
                    : null,
            });
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
    }

    private static ulong Hexadecimal(JsonElement text) => ulong.Parse(
        text.GetString() ?? "", NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);

    // Over what the file says, not over its bytes: a digit that changes is the damage that JSON can't notice.
    // What is not set adds nothing, so that the checksums of older files stay right.
    private uint Checksum()
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string text = string.Create(
            invariant, $"{FormatCurrent} {Id:x16} {Settings.MessageBytesMax} {Settings.SegmentBytes}");
        if (Settings.UniqueKeys is UniqueKeyWindow window)
            text += string.Create(invariant, $" unique {window.Microseconds} {window.Messages}");
        return Crc32C.Compute(Encoding.ASCII.GetBytes(text));
    }
}
