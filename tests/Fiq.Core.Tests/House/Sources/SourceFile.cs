namespace Fiq.Tests.House.Sources;

/// <summary>
/// One C# file in three views of the same length and the same lines: as written, its code (comments and the inside
/// of strings blank), and its comments (all else blank).
/// </summary>
internal sealed class SourceFile
{
    public SourceFile(string path, string text)
    {
        Path = path;
        Text = text;
        (Code, Comments) = SourceBlanker.Split(text);
    }

    /// <summary>Relative to the repository.</summary>
    public string Path { get; }

    public string Text { get; }

    public string Code { get; }

    public string Comments { get; }

    public string[] Lines => Text.Split('\n');

    /// <summary>The line, from 1, in which a place of any of the views lies.</summary>
    public int LineAt(int index)
    {
        return Text.AsSpan(0, index).Count('\n') + 1;
    }

    public Finding At(int index, string what)
    {
        return new Finding(Path, LineAt(index), what);
    }
}

/// <summary>A place that breaks a rule.</summary>
internal sealed record Finding(string Path, int Line, string What)
{
    public override string ToString() => $"{Path}:{Line}: {What}";
}
