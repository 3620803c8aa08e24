namespace Fiq.Cli.Frame;

/// <summary>Finds the names a person may have meant.</summary>
internal static class Similar
{
    /// <summary>More than this many slips, and it is another word.</summary>
    private const int SlipsMax = 2;

    /// <summary>How many letters, about, make up for one slip: "a" is not a slip of "b".</summary>
    private const int LengthPerSlip = 3;

    /// <summary>The closest names, best first; names that merely begin alike count too.</summary>
    public static IReadOnlyList<string> To(string wanted, IEnumerable<string> known, int countMax = 3) =>
    [
        .. known
            .Select(name => (Name: name, Slips: Score(wanted, name)))
            .Where(candidate => candidate.Slips <= Math.Min(SlipsMax, (wanted.Length + 1) / LengthPerSlip))
            .OrderBy(candidate => candidate.Slips)
            .ThenBy(candidate => candidate.Name, StringComparer.Ordinal)
            .Take(countMax)
            .Select(candidate => candidate.Name),
    ];

    private static int Score(string wanted, string name)
    {
        bool begins = wanted.Length >= 3
            && (name.StartsWith(wanted, StringComparison.Ordinal) || wanted.StartsWith(name, StringComparison.Ordinal));
        return begins ? Math.Min(SlipsMax, Distance(wanted, name)) : Distance(wanted, name);
    }

    /// <summary>Insertions, deletions, changes and swaps of neighbours that lead from one to the other.</summary>
    public static int Distance(string a, string b)
    {
        int[][] slips = new int[a.Length + 1][];
        for (int i = 0; i <= a.Length; i++)
        {
            slips[i] = new int[b.Length + 1];
            slips[i][0] = i;
        }

        for (int j = 0; j <= b.Length; j++) slips[0][j] = j;
        for (int i = 1; i <= a.Length; i++)
        {
            for (int j = 1; j <= b.Length; j++)
            {
                int change = slips[i - 1][j - 1] + (a[i - 1] == b[j - 1] ? 0 : 1);
                int best = Math.Min(change, Math.Min(slips[i - 1][j], slips[i][j - 1]) + 1);
                bool swapped = i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1];
                slips[i][j] = swapped ? Math.Min(best, slips[i - 2][j - 2] + 1) : best;
            }
        }

        return slips[a.Length][b.Length];
    }
}
