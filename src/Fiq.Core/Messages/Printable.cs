using System.Globalization;
using System.Text;

namespace Fiq;

/// <summary>
/// Text made safe to show: no control character of a key, a body or a name reaches a terminal or a log.
/// </summary>
public static class Printable
{
    /// <summary>
    /// Escapes control characters, lone surrogates and direction marks as <c>\x1b</c> or <c>\u202e</c>.
    /// </summary>
    public static string Escape(string text)
    {
        StringBuilder? builder = null;
        for (int i = 0; i < text.Length; i++)
        {
            char c = text[i];
            if (char.IsHighSurrogate(c) && i + 1 < text.Length && char.IsLowSurrogate(text[i + 1]))
            {
                builder?.Append(c).Append(text[i + 1]);
                i++;
                continue;
            }

            if (!MustEscape(c))
            {
                builder?.Append(c);
                continue;
            }

            builder ??= new StringBuilder(text, 0, i, text.Length + 8);
            builder.Append(c < 0x100
                ? string.Create(CultureInfo.InvariantCulture, $"\\x{(int)c:x2}")
                : string.Create(CultureInfo.InvariantCulture, $"\\u{(int)c:x4}"));
        }

        return builder?.ToString() ?? text;
    }

    /// <summary>Decodes UTF-8 for showing; each byte that is not UTF-8 becomes <c>\xff</c>.</summary>
    public static string Escape(ReadOnlySpan<byte> bytes)
    {
        var builder = new StringBuilder(bytes.Length);
        while (!bytes.IsEmpty)
        {
            if (Rune.DecodeFromUtf8(bytes, out Rune rune, out int used) == System.Buffers.OperationStatus.Done)
                builder.Append(Escape(rune.ToString()));
            else
                for (int i = 0; i < used; i++)
                    builder.Append(CultureInfo.InvariantCulture, $"\\x{bytes[i]:x2}");
            bytes = bytes[used..];
        }

        return builder.ToString();
    }

    private static bool MustEscape(char c) => char.IsControl(c) || char.IsSurrogate(c)
        || CharUnicodeInfo.GetUnicodeCategory(c) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
