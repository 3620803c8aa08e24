using System.Buffers.Text;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Produce;

/// <summary>
/// Prints one line per stored message: <c>acked #0 a1</c>, or with --json
/// <c>{"offset":0,"key":"a1","durability":"synced","duplicate":false}</c>. Written by hand into the buffer, because a
/// line is all that a message costs here; keys need no escaping.
/// </summary>
internal sealed class AckWriter
{
    /// <summary>More than any line without its key.</summary>
    private const int LineSizeMax = 128;

    private readonly ByteOutput _output;
    private readonly bool _json;
    private readonly bool _quiet;

    public AckWriter(ByteOutput output, bool json, bool quiet)
    {
        _output = output;
        _json = json;
        _quiet = quiet;
    }

    public void Write(Acknowledgement ack, MessageKey key)
    {
        if (_quiet) return;
        Span<byte> room = _output.GetSpan(LineSizeMax + key.Bytes.Length);
        var line = new Line(room);
        if (_json) AppendJson(ref line, ack, key);
        else AppendText(ref line, ack, key);
        _output.Advance(line.Used);
    }

    public void Flush()
    {
        // Where nothing is told, stdout may be somebody else's.
        if (!_quiet) _output.Flush();
    }

    /// <summary>How durable, in the words of JSON and of the prompt.</summary>
    public static string Word(Durability durability) => durability == Durability.Synced ? "synced" : "written";

    private static void AppendText(ref Line line, Acknowledgement ack, MessageKey key)
    {
        line.Append("acked"u8);
        if (ack.Offset >= 0)
        {
            line.Append(" #"u8);
            line.Append(ack.Offset);
        }

        if (!key.IsEmpty) line.Append(" "u8);
        line.Append(key.Bytes.Span);
        if (ack.Duplicate) line.Append(" (stored before)"u8);
        line.Append("\n"u8);
    }

    private static void AppendJson(ref Line line, Acknowledgement ack, MessageKey key)
    {
        line.Append("{\"offset\":"u8);
        if (ack.Offset >= 0) line.Append(ack.Offset);
        else line.Append("null"u8);
        line.Append(key.IsEmpty ? ",\"key\":null"u8 : ",\"key\":\""u8);
        line.Append(key.Bytes.Span);
        if (!key.IsEmpty) line.Append("\""u8);
        line.Append(",\"durability\":\""u8);
        line.Append(ack.Durability == Durability.Synced ? "synced"u8 : "written"u8);
        line.Append(ack.Duplicate ? "\",\"duplicate\":true}\n"u8 : "\",\"duplicate\":false}\n"u8);
    }

    private ref struct Line(Span<byte> room)
    {
        private readonly Span<byte> _room = room;

        public int Used { get; private set; }

        public void Append(ReadOnlySpan<byte> bytes)
        {
            bytes.CopyTo(_room[Used..]);
            Used += bytes.Length;
        }

        public void Append(long number)
        {
            _ = Utf8Formatter.TryFormat(number, _room[Used..], out int count);
            Used += count;
        }
    }
}
