using System.Globalization;
using System.Text;

namespace Fiq;

/// <summary>
/// Text made safe to show: no control character of a key, a body or a name reaches a terminal or a log.
/// </summary>
public static class Printable
{
    /// <summary>
    /// Escapes control characters, lone surrogates, direction marks and invisible tags as <c>\x1b</c>,
    /// <c>\u202e</c> or <c>\U000e0041</c>.
    /// </summary>
    public static string Escape(string text)
    {
        StringBuilder? builder = null;
        int length;
        for (int i = 0; i < text.Length; i += length)
        {
            bool isWhole = Rune.TryGetRuneAt(text, i, out Rune rune);
            length = isWhole ? rune.Utf16SequenceLength : 1;
            if (isWhole && !MustEscape(rune))
            {
                builder?.Append(text, i, length);
                continue;
            }

            builder ??= new StringBuilder(text, 0, i, text.Length + 8);
            builder.Append(Escaped(isWhole ? rune.Value : text[i]));
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

    private static string Escaped(int value) => value switch
    {
        < 0x100 => string.Create(CultureInfo.InvariantCulture, $"\\x{value:x2}"),
        < 0x10000 => string.Create(CultureInfo.InvariantCulture, $"\\u{value:x4}"),
        _ => string.Create(CultureInfo.InvariantCulture, $"\\U{value:x8}"),
    };

    private static bool MustEscape(Rune rune) => Rune.IsControl(rune)
        || Rune.GetUnicodeCategory(rune) is UnicodeCategory.Format or UnicodeCategory.LineSeparator
            or UnicodeCategory.ParagraphSeparator;
}
