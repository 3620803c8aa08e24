namespace Fiq.Files;

/// <summary>Keeps the names given to a directory inside that directory.</summary>
internal static class EntryName
{
    /// <summary>Returns the name when it is one part of a path and neither <c>.</c> nor <c>..</c>.</summary>
    /// <exception cref="ArgumentException">It would lead elsewhere.</exception>
    public static string Checked(string name) =>
        name.Length == 0 || name is "." or ".." || name.AsSpan().ContainsAny('/', '\0')
            ? throw new ArgumentException($"\"{Printable.Escape(name)}\" is not the name of an entry", nameof(name))
            : name;
}
