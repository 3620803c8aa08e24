using System.Globalization;

namespace Fiq.Cli.Messages;

/// <summary>Why a line of input is not stored.</summary>
internal enum RefusalKind
{
    EmptyLine,
    NoKey,
    KeyTooLong,
    KeyCharacters,
    EmptyMessage,
    NoTime,
    TimeNotNumber,
    TimeTooLong,
    TooLarge,
    NotJson,
}

/// <summary>A refused line: why, in words, and the shape that was expected.</summary>
/// <param name="Kind">Why.</param>
/// <param name="What">The same as words, without the line's number.</param>
/// <param name="Expected">What a line looks like; null where that does not help.</param>
internal sealed record LineRefusal(RefusalKind Kind, string What, string? Expected = null)
{
    /// <summary>The error's name and exit status.</summary>
    public ErrorCode Code => Kind == RefusalKind.TooLarge ? ErrorCode.MessageTooLarge : ErrorCode.BadLine;

    /// <summary>A message over the limit.</summary>
    public static LineRefusal TooLarge(long size, long sizeMax) => new(
        RefusalKind.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"the message has {size} bytes, at most {sizeMax} are allowed"));

    /// <summary>A line so long that it was skipped unread.</summary>
    public static LineRefusal LineTooLong(long size, long bodySizeMax) => new(
        RefusalKind.TooLarge,
        string.Create(CultureInfo.InvariantCulture, $"the line has {size} bytes, a message at most {bodySizeMax}"));

    /// <summary>As one sentence.</summary>
    public override string ToString() => Expected is null ? What : $"{What} (expected {Expected})";
}
