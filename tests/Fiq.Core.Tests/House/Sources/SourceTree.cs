namespace Fiq.Tests.House.Sources;

/// <summary>The repository as a folder: where it is, and the C# files that people wrote.</summary>
internal static class SourceTree
{
    /// <summary>The folder that holds Fiq.sln.</summary>
    public static string Root { get; } = FindRoot();

    /// <summary>Every C# file below src and tests, without what the build made.</summary>
    public static IReadOnlyList<SourceFile> Files { get; } =
        new[] { "src", "tests", "bench" }
            .Select(top => Path.Combine(Root, top))
            .Where(Directory.Exists)
            .SelectMany(top => Directory.EnumerateFiles(top, "*.cs", SearchOption.AllDirectories))
            .Select(path => Path.GetRelativePath(Root, path))
            .Where(path => !IsMadeByTheBuild(path))
            .Order(StringComparer.Ordinal)
            .Select(path => new SourceFile(path, File.ReadAllText(Path.Combine(Root, path))))
            .ToList();

    private static bool IsMadeByTheBuild(string path)
    {
        return path.Split(Path.DirectorySeparatorChar).Any(part => part is "bin" or "obj");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fiq.sln")))
        {
            folder = folder.Parent;
        }

        return folder?.FullName ?? throw new InvalidOperationException("Fiq.sln is not above the tests' folder.");
    }
}
