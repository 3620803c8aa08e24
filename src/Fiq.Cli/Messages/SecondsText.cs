using System.Globalization;

namespace Fiq.Cli.Messages;

/// <summary>Processing times: seconds with at most six decimals, kept as whole microseconds.</summary>
internal static class SecondsText
{
    private const int WholeDigitsMax = 5;
    private const int DecimalsMax = 6;

    /// <summary>Reads <c>^[0-9]{1,5}(\.[0-9]{1,6})?$</c> up to one day.</summary>
    public static bool TryParse(ReadOnlySpan<byte> text, out long microseconds)
    {
        microseconds = 0;
        int point = text.IndexOf((byte)'.');
        ReadOnlySpan<byte> whole = point < 0 ? text : text[..point];
        ReadOnlySpan<byte> decimals = point < 0 ? default : text[(point + 1)..];
        if (whole.Length is 0 or > WholeDigitsMax) return false;
        if (point >= 0 && decimals.Length is 0 or > DecimalsMax) return false;
        if (!TryDigits(whole, out long seconds) || !TryDigits(decimals, out long fraction)) return false;
        for (int digits = decimals.Length; digits < DecimalsMax; digits++) fraction *= 10;
        microseconds = seconds * 1_000_000 + fraction;
        return microseconds <= Message.ProcessingMicrosecondsMax;
    }

    /// <summary>As a person reads it: <c>2 s</c>, <c>0.5 s</c>.</summary>
    public static string Format(long microseconds) =>
        string.Create(CultureInfo.InvariantCulture, $"{microseconds / 1_000_000m:0.######} s");

    private static bool TryDigits(ReadOnlySpan<byte> text, out long value)
    {
        value = 0;
        foreach (byte b in text)
        {
            if (b is < (byte)'0' or > (byte)'9') return false;
            value = value * 10 + (b - '0');
        }

        return true;
    }
}
