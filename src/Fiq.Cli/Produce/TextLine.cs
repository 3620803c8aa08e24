namespace Fiq.Cli.Produce;

/// <summary>What all text input shares.</summary>
internal static class TextLine
{
    /// <summary>Drops one CR at the end.</summary>
    public static ReadOnlyMemory<byte> WithoutReturn(ReadOnlyMemory<byte> line) =>
        line.Length > 0 && line.Span[^1] == (byte)'\r' ? line[..^1] : line;

    /// <summary>Whether the line says <c>exit</c>.</summary>
    public static bool IsExit(ReadOnlySpan<byte> line) =>
        line.Length >= 4 && line.Trim(" \t"u8).SequenceEqual("exit"u8);
}
