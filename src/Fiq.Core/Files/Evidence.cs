using System.Globalization;

namespace Fiq.Files;

/// <summary>
/// Damaged files that a repair moves aside: under another name in the same folder, never changed, never deleted.
/// </summary>
internal static class Evidence
{
    /// <summary>Stands between a file's name and a number.</summary>
    public const string Infix = ".damaged-";

    /// <summary>The name under which a file would be kept now, or is kept already.</summary>
    public static string NameFor(IDirectory folder, string name)
    {
        if (LastOf(folder, name) is string last && AreOneFile(folder, name, last)) return last;
        for (int number = 1; ; number++)
        {
            string kept = string.Create(CultureInfo.InvariantCulture, $"{name}{Infix}{number}");
            if (folder.TryStatus(kept) is null) return kept;
        }
    }

    /// <summary>
    /// Moves a file aside, durably: what takes its place must not be on disk before. Nothing when there is none. The
    /// new name is on disk before the old one goes, so that there is no moment in which it has none.
    /// </summary>
    public static void Keep(IDirectory folder, string name)
    {
        if (folder.TryStatus(name) is null) return;
        string kept = NameFor(folder, name);
        // Somebody may take that number meanwhile: then the next one is free.
        while (!AreOneFile(folder, name, kept) && !folder.TryLink(name, kept)) kept = NameFor(folder, name);
        folder.Sync();
        folder.TryUnlink(name);
        folder.Sync();
    }

    /// <summary>
    /// Gives what was moved aside last its own name again, beside the one under which it is kept. False when there is
    /// nothing, or the name is taken.
    /// </summary>
    public static bool TryPutBack(IDirectory folder, string name) =>
        LastOf(folder, name) is string kept && folder.TryLink(kept, name);

    /// <summary>
    /// What was moved aside last under a name; null when nothing was. While the name itself is not there, this is what
    /// a repair that was interrupted had not yet replaced.
    /// </summary>
    public static string? LastOf(IDirectory folder, string name) => folder.List()
        .Where(entry => entry.StartsWith(name + Infix, StringComparison.Ordinal))
        .MaxBy(entry => (entry.Length, entry));

    /// <summary>Whether a name is one of a file that was moved aside.</summary>
    public static bool IsOne(string name) => name.Contains(Infix, StringComparison.Ordinal);

    private static bool AreOneFile(IDirectory folder, string name, string other) =>
        folder.TryStatus(name) is EntryStatus one && folder.TryStatus(other)?.Identity == one.Identity;
}
