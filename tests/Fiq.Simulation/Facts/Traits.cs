using System.Globalization;

namespace Fiq.Simulation.Facts;

/// <summary>
/// What a message is beside its body stands in its body, too, as words: so the ledger knows of every body what came
/// with it, and a message that has lost its key or its time is another message.
/// </summary>
/// <param name="Key">Its key.</param>
/// <param name="NotBefore">Microseconds since 1970 UTC; 0 at once.</param>
internal readonly record struct Traits(string Key, long NotBefore)
{
    /// <summary>Of what says nothing of it.</summary>
    public static readonly Traits Plain = new("key", 0);

    private const string KeyWord = "key=";
    private const string TimeWord = "after=";

    // Padding stands behind the words.
    private const int WordsLengthMax = 120;

    /// <summary>The words for a body.</summary>
    public override string ToString() => this == Plain
        ? ""
        : string.Create(CultureInfo.InvariantCulture, $" {KeyWord}{Key} {TimeWord}{NotBefore}");

    /// <summary>What a body says.</summary>
    public static Traits Of(string body)
    {
        Traits found = Plain;
        string words = body.Length <= WordsLengthMax ? body : body[..WordsLengthMax];
        foreach (string word in words.Split(' '))
        {
            if (word.StartsWith(KeyWord, StringComparison.Ordinal))
                found = found with { Key = word[KeyWord.Length..] };
            if (word.StartsWith(TimeWord, StringComparison.Ordinal))
                found = found with { NotBefore = long.Parse(word[TimeWord.Length..], CultureInfo.InvariantCulture) };
        }

        return found;
    }
}
