using System.Globalization;
using System.Text;

namespace Fiq.Crash.Tests.Trace.Strace;

/// <summary>Reads the words of strace: arguments, strings in the notation of C, numbers, names of constants.</summary>
internal static class StraceText
{
    /// <summary>
    /// Splits what follows the opening parenthesis of a call into its arguments; returns where the closing one is.
    /// </summary>
    public static int SplitArguments(ReadOnlySpan<char> text, List<string> arguments)
    {
        var depth = 0;
        var from = 0;
        for (var at = 0; at < text.Length; at++)
        {
            switch (text[at])
            {
                case '"':
                    at = EndOfString(text, at);
                    break;
                case '(' or '[' or '{':
                    depth++;
                    break;
                case ',' when depth == 0:
                    arguments.Add(text[from..at].Trim().ToString());
                    from = at + 1;
                    break;
                case ')' when depth == 0:
                    arguments.Add(text[from..at].Trim().ToString());
                    return at;
                case ')' or ']' or '}':
                    depth--;
                    break;
            }
        }

        throw new FormatException($"a call without an end: {Shortened(text)}");
    }

    /// <summary>The bytes of a quoted argument, which must not have been cut short.</summary>
    public static byte[] Bytes(string argument)
    {
        if (argument.Length < 2 || argument[0] != '"' || argument[^1] != '"')
        {
            throw new FormatException($"not a whole string: {Shortened(argument)}");
        }

        var bytes = new List<byte>(argument.Length);
        for (var at = 1; at < argument.Length - 1; at++)
        {
            bytes.Add(argument[at] == '\\' ? Escaped(argument, ref at) : (byte)argument[at]);
        }

        return [.. bytes];
    }

    public static string Name(string argument) => Encoding.UTF8.GetString(Bytes(argument));

    public static long Number(string argument) => argument.StartsWith("0x", StringComparison.Ordinal)
        ? long.Parse(argument.AsSpan(2), NumberStyles.HexNumber, CultureInfo.InvariantCulture)
        : long.Parse(argument, CultureInfo.InvariantCulture);

    public static bool HasFlag(string argument, string flag) => argument.Split('|').Contains(flag);

    public static string Shortened(ReadOnlySpan<char> text) => text[..Math.Min(text.Length, 200)].ToString();

    private static int EndOfString(ReadOnlySpan<char> text, int at)
    {
        for (at++; at < text.Length && text[at] != '"'; at++)
        {
            if (text[at] == '\\')
            {
                at++;
            }
        }

        return at;
    }

    /// <summary>A character behind a backslash; <paramref name="at"/> moves to its last digit.</summary>
    private static byte Escaped(string text, ref int at)
    {
        at++;
        switch (text[at])
        {
            case 'n': return (byte)'\n';
            case 't': return (byte)'\t';
            case 'r': return (byte)'\r';
            case 'v': return (byte)'\v';
            case 'f': return (byte)'\f';
            case '"' or '\\': return (byte)text[at];
        }

        var value = 0;
        var last = Math.Min(at + 3, text.Length);
        var first = at;
        for (; at < last && text[at] is >= '0' and <= '7'; at++)
        {
            value = (value * 8) + (text[at] - '0');
        }

        if (at == first)
        {
            throw new FormatException($"an unknown escape: {Shortened(text.AsSpan(first))}");
        }

        at--;
        return (byte)value;
    }
}
