using System.Globalization;

namespace Fiq.Files;

/// <summary>
/// Damaged files that a repair moves aside: under another name in the same folder, never changed, never deleted.
/// </summary>
internal static class Evidence
{
    /// <summary>Stands between a file's name and a number.</summary>
    public const string Infix = ".damaged-";

    /// <summary>The name that a file would get now.</summary>
    public static string NameFor(IDirectory folder, string name)
    {
        for (int number = 1; ; number++)
        {
            string kept = string.Create(CultureInfo.InvariantCulture, $"{name}{Infix}{number}");
            if (folder.TryStatus(kept) is null) return kept;
        }
    }

    /// <summary>
    /// Moves a file aside, durably: what takes its place must not be on disk before. Nothing when there is none.
    /// </summary>
    public static void Keep(IDirectory folder, string name)
    {
        if (folder.TryStatus(name) is null) return;
        while (!folder.TryRenameNoReplace(name, NameFor(folder, name)))
        {
            // Somebody took that number: the next one is free.
        }

        folder.Sync();
    }

    /// <summary>
    /// What was moved aside last under a name; null when nothing was. While the name itself is not there, this is what
    /// a repair that was interrupted had not yet replaced.
    /// </summary>
    public static string? LastOf(IDirectory folder, string name) => folder.List()
        .Where(entry => entry.StartsWith(name + Infix, StringComparison.Ordinal))
        .MaxBy(entry => (entry.Length, entry));

    /// <summary>Whether a name is one of a file that was moved aside.</summary>
    public static bool IsOne(string name) => name.Contains(Infix, StringComparison.Ordinal);
}
