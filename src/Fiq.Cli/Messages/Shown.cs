namespace Fiq.Cli.Messages;

/// <summary>Bodies for a person's eyes: quoted, escaped, and no longer than the line has room for.</summary>
internal static class Shown
{
    /// <summary>A body in quotes; what does not fit is replaced by one <c>…</c>.</summary>
    public static string Body(ReadOnlySpan<byte> body, int widthMax)
    {
        // A character takes at most four bytes, so more can't be shown anyway.
        bool cut = body.Length > widthMax * 4;
        string text = Printable.Escape(cut ? body[..(widthMax * 4)] : body);
        if (!cut && text.Length <= widthMax) return $"\"{text}\"";
        int length = Math.Min(widthMax - 1, text.Length);
        if (length > 0 && char.IsHighSurrogate(text[length - 1])) length--;
        return $"\"{text[..length]}…\"";
    }
}
