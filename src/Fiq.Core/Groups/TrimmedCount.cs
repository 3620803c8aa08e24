using System.Globalization;
using System.Text;
using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// How many messages went before a group had settled them, because its queue drops the oldest. A report and no truth:
/// a file that can't be read counts nothing.
/// <code>
///   total  through  CRC-32C of "total through"
/// </code>
/// Written before they are dropped, so that nothing goes uncounted; what lies below <c>through</c> was counted, so that
/// nothing is counted twice when that has to be done again. Behind it <c>through</c> is 0.
/// </summary>
/// <param name="Total">How many.</param>
/// <param name="Through">Offsets below it are counted.</param>
internal readonly record struct TrimmedCount(long Total, long Through)
{
    public const string Name = "trimmed";
    private const string TemporaryName = "trimmed.new";
    private const int LengthMax = 64;

    public static TrimmedCount Read(IDirectory groupFolder)
    {
        using var file = groupFolder.TryOpenFile(Name, writable: false);
        if (file is null)
            return default;
        Span<byte> bytes = stackalloc byte[LengthMax];
        var words = Encoding.ASCII.GetString(bytes[..file.Read(bytes, 0)]).Split(' ');
        var invariant = CultureInfo.InvariantCulture;
        var good = words.Length == 3
            && long.TryParse(words[0], NumberStyles.None, invariant, out _)
            && long.TryParse(words[1], NumberStyles.None, invariant, out _)
            && words[2] == Checksum($"{words[0]} {words[1]}");
        return good ? new TrimmedCount(long.Parse(words[0], invariant), long.Parse(words[1], invariant)) : default;
    }

    /// <summary>Puts it in the place of the one before, durably.</summary>
    public void Write(IDirectory groupFolder)
    {
        var text = string.Create(CultureInfo.InvariantCulture, $"{Total} {Through}");
        var bytes = Encoding.ASCII.GetBytes($"{text} {Checksum(text)}");
        WholeFile.Replace(groupFolder, TemporaryName, Name, bytes, bytes.Length);
        groupFolder.Sync();
    }

    private static string Checksum(string text) =>
        Crc32C.Compute(Encoding.ASCII.GetBytes(text)).ToString("x8", CultureInfo.InvariantCulture);
}
