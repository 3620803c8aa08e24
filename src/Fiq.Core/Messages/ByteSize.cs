using System.Globalization;

namespace Fiq;

/// <summary>Sizes as people write them: <c>64KiB</c>, <c>16MiB</c>; a bare number is bytes.</summary>
public static class ByteSize
{
    private static readonly (string Suffix, long Bytes)[] Units =
        [("KiB", 1L << 10), ("MiB", 1L << 20), ("GiB", 1L << 30), ("TiB", 1L << 40), ("B", 1)];

    /// <summary>Reads a size that is a whole number of bytes.</summary>
    public static bool TryParse(string text, out long bytes)
    {
        // Not as a floating number, which has no room for the last digits of a large one.
        if (long.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out bytes)) return true;
        (string number, long unit) = Split(text);
        if (!double.TryParse(number, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out double count))
            return false;
        double exact = count * unit;
        if (!(exact < long.MaxValue)) return false;
        bytes = (long)exact;
        return exact == bytes;
    }

    /// <summary>As it is read: <c>64KiB</c>; in bytes where no unit fits.</summary>
    public static string Format(long bytes)
    {
        (string suffix, long unit) = UnitOf(bytes);
        return bytes % unit == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{bytes / unit}{suffix}")
            : string.Create(CultureInfo.InvariantCulture, $"{bytes}B");
    }

    /// <summary>For a person: <c>1.2 KiB</c>.</summary>
    public static string Show(long bytes)
    {
        (string suffix, long unit) = UnitOf(bytes);
        return string.Create(CultureInfo.InvariantCulture, $"{Math.Round((double)bytes / unit, 1)} {suffix}");
    }

    private static (string Suffix, long Unit) UnitOf(long bytes) => bytes switch
    {
        >= 1L << 40 => ("TiB", 1L << 40),
        >= 1L << 30 => ("GiB", 1L << 30),
        >= 1L << 20 => ("MiB", 1L << 20),
        >= 1L << 10 => ("KiB", 1L << 10),
        _ => ("B", 1L),
    };

    private static (string Number, long Unit) Split(string text)
    {
        foreach ((string suffix, long unit) in Units)
            if (text.EndsWith(suffix, StringComparison.OrdinalIgnoreCase)) return (text[..^suffix.Length], unit);
        return (text, 1);
    }
}
