namespace Fiq.Engine;

/// <summary>
/// Which of some letters are there several times. Keeps the identity of each, some 50 bytes, and no letter.
/// </summary>
internal sealed class LetterCopies
{
    private readonly Dictionary<(GroupName Group, long Offset), List<long>> _behind = [];
    private readonly HashSet<long> _copies = [];

    /// <param name="letters">In order of their places.</param>
    public LetterCopies(IEnumerable<DeadLetter> letters)
    {
        var seen = new HashSet<(GroupName Group, long Offset)>();
        foreach (DeadLetter letter in letters)
        {
            if (seen.Add(letter.Identity)) continue;
            if (!_behind.TryGetValue(letter.Identity, out List<long>? behind)) _behind[letter.Identity] = behind = [];
            behind.Add(letter.LetterOffset);
            _copies.Add(letter.LetterOffset);
        }
    }

    /// <summary>Whether the same letter lies before this one.</summary>
    public bool IsCopy(DeadLetter letter) => _copies.Contains(letter.LetterOffset);

    /// <summary>Where the letter lies, and behind it its copies.</summary>
    public IReadOnlyList<long> OffsetsOf(DeadLetter first) =>
        _behind.TryGetValue(first.Identity, out List<long>? behind)
            ? [first.LetterOffset, .. behind]
            : [first.LetterOffset];
}
