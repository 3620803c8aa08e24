using System.Globalization;
using System.Text;

namespace Fiq.Cli.Torture;

/// <summary>
/// Which message it is: the number of the producer process that sent it, from 1, and its number there, from 0. Its
/// body follows from it, so that nothing has to be remembered to know an altered one.
/// </summary>
internal readonly record struct TortureKey(int Producer, long Number)
{
    private const char Prefix = 'p';
    private const int LongEvery = 64;
    private const int LongLength = 4000;
    private const int ShortLengthMax = 240;

    /// <summary>Reads a key; false when it is none of ours.</summary>
    public static bool TryParse(string text, out TortureKey key)
    {
        key = default;
        int dash = text.IndexOf('-', StringComparison.Ordinal);
        CultureInfo invariant = CultureInfo.InvariantCulture;
        if (dash < 2 || text[0] != Prefix) return false;
        if (!int.TryParse(text.AsSpan(1, dash - 1), NumberStyles.None, invariant, out int producer)) return false;
        if (!long.TryParse(text.AsSpan(dash + 1), NumberStyles.None, invariant, out long number)) return false;
        key = new TortureKey(producer, number);
        return producer > 0;
    }

    /// <summary>The body that goes with it: mostly short, now and then longer than a page.</summary>
    public string Body()
    {
        uint mixed = (uint)((Producer * 7919L + Number) * 2654435761L >> 8);
        int length = Number % LongEvery == LongEvery - 1 ? LongLength : (int)(mixed % ShortLengthMax);
        var body = new StringBuilder(length + 24);
        body.Append(CultureInfo.InvariantCulture, $"{this}.");
        for (int i = 0; i < length; i++) body.Append((char)('a' + (mixed + i) % 26));
        return body.ToString();
    }

    /// <summary>The line that a producer is given.</summary>
    public string Line() => $"{this}:{Body()}:0\n";

    public override string ToString() => string.Create(CultureInfo.InvariantCulture, $"{Prefix}{Producer}-{Number}");
}
