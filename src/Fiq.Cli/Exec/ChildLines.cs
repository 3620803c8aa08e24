using System.Buffers;
using System.Text;

namespace Fiq.Cli.Exec;

/// <summary>
/// What one command writes to one of its outputs, cut into lines for a <see cref="LineMerger"/>, each behind a tag if
/// there is one. A last line without LF gets one. Used by one thread.
/// </summary>
internal sealed class ChildLines
{
    /// <summary>A longer line is not held until it ends.</summary>
    public const int HeldMax = 64 * 1024;

    /// <summary>So much of its last line is kept to say why it failed; an error has no more.</summary>
    private const int LastLineMax = 1_000;

    private readonly LineMerger _merger;
    private readonly byte[] _tag;
    private readonly bool _keepsLast;
    private ArrayBufferWriter<byte>? _held;
    private byte[] _last = [];
    private bool _owns;

    public ChildLines(LineMerger merger, byte[] tag, bool keepsLast)
    {
        (_merger, _tag, _keepsLast) = (merger, tag, keepsLast);
    }

    /// <summary>Whether the command's pipe may be read: what comes has a place.</summary>
    public bool MayRead =>
        _merger.MayRead(this) && (_owns || _held is null || _held.WrittenCount <= HeldMax || TryOwn());

    /// <summary>The last line that says something, for an error; empty when there is none.</summary>
    public string LastLine => Encoding.UTF8.GetString(_last).Trim();

    public void Add(ReadOnlySpan<byte> bytes)
    {
        if (_owns && !PassOn(ref bytes)) return;
        int end = bytes.LastIndexOf((byte)'\n') + 1;
        if (end > 0) AddWhole(bytes[..end]);
        if (end == bytes.Length) return;
        (_held ??= new ArrayBufferWriter<byte>()).Write(bytes[end..]);
        if (_held.WrittenCount > HeldMax) TryOwn();
    }

    /// <summary>Nothing more comes.</summary>
    public void End()
    {
        if (_owns)
        {
            _merger.Add(this, "\n"u8);
            LetGo();
        }
        else if (_held is { WrittenCount: > 0 })
        {
            AddWhole("\n"u8);
        }
    }

    /// <summary>Passes on the line it owns; false when the line has not ended.</summary>
    private bool PassOn(ref ReadOnlySpan<byte> bytes)
    {
        int end = bytes.IndexOf((byte)'\n') + 1;
        _merger.Add(this, end > 0 ? bytes[..end] : bytes);
        if (end == 0) return false;
        LetGo();
        bytes = bytes[end..];
        return true;
    }

    private bool TryOwn()
    {
        if (!_merger.TryOwn(this)) return false;
        _owns = true;
        KeepLast(_held!.WrittenSpan);
        _merger.Add(this, _tag);
        _merger.Add(this, _held.WrittenSpan);
        _held = null;
        return true;
    }

    private void LetGo()
    {
        _owns = false;
        _merger.Release(this);
    }

    /// <summary>Adds what is held and these bytes, which end in LF.</summary>
    private void AddWhole(ReadOnlySpan<byte> bytes)
    {
        if (_held is { WrittenCount: > 0 } held)
        {
            held.Write(bytes);
            AddLines(held.WrittenSpan);
            _held = null;
        }
        else
        {
            AddLines(bytes);
        }
    }

    private void AddLines(ReadOnlySpan<byte> lines)
    {
        KeepLast(lines);
        if (_tag.Length == 0)
        {
            _merger.Add(this, lines);
            return;
        }

        var tagged = new ArrayBufferWriter<byte>(lines.Length + (_tag.Length * 2));
        while (!lines.IsEmpty)
        {
            int end = lines.IndexOf((byte)'\n') + 1;
            tagged.Write(_tag);
            tagged.Write(lines[..end]);
            lines = lines[end..];
        }

        _merger.Add(this, tagged.WrittenSpan);
    }

    private void KeepLast(ReadOnlySpan<byte> lines)
    {
        if (!_keepsLast) return;
        ReadOnlySpan<byte> text = lines.TrimEnd("\n\r\t "u8);
        if (text.IsEmpty) return;
        ReadOnlySpan<byte> last = text[(text.LastIndexOf((byte)'\n') + 1)..];
        _last = last[..Math.Min(last.Length, LastLineMax)].ToArray();
    }
}
