namespace Fiq.Cli.Frame;

/// <summary>Sizes on the command line: as <see cref="ByteSize"/> reads and writes them.</summary>
internal static class SizeText
{
    public static bool TryParse(string text, out long bytes) => ByteSize.TryParse(text, out bytes);

    /// <summary>As an option takes it: <c>64KiB</c>; in bytes where no unit fits.</summary>
    public static string Format(long bytes) => ByteSize.Format(bytes);

    /// <summary>For a person: <c>1.2 KiB</c>.</summary>
    public static string Show(long bytes) => ByteSize.Show(bytes);
}
