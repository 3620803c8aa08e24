using System.Globalization;

namespace Fiq.Storage;

/// <summary>
/// A segment's file name: its ordinal, then the offset of its first message. Both are also in its header; the name
/// only saves opening files.
/// </summary>
internal readonly record struct SegmentName(long Ordinal, long BaseOffset) : IComparable<SegmentName>
{
    private const string Extension = ".log";
    private const int OrdinalDigits = 8;
    private const int OffsetDigits = 20;

    public static bool TryParse(string fileName, out SegmentName name)
    {
        name = default;
        ReadOnlySpan<char> text = fileName;
        if (!text.EndsWith(Extension, StringComparison.Ordinal)) return false;
        text = text[..^Extension.Length];
        int dash = text.IndexOf('-');
        if (dash < OrdinalDigits || text.Length - dash - 1 != OffsetDigits) return false;
        if (!TryNumber(text[..dash], out long ordinal) || !TryNumber(text[(dash + 1)..], out long offset)) return false;
        name = new SegmentName(ordinal, offset);
        return ordinal > 0 && name.ToString() == fileName;
    }

    public int CompareTo(SegmentName other) => Ordinal.CompareTo(other.Ordinal);

    public override string ToString() =>
        string.Create(CultureInfo.InvariantCulture, $"{Ordinal:D8}-{BaseOffset:D20}{Extension}");

    private static bool TryNumber(ReadOnlySpan<char> digits, out long value) =>
        long.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out value);
}
