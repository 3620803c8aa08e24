using System.Globalization;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Produce;

/// <summary>One line on a terminal that says how far a file has come. On anything else it is silent.</summary>
internal sealed class FileProgress(Invocation invocation, string path, bool isFollowing, TimeProvider time)
{
    private const int BarWidth = 20;
    private static readonly TimeSpan Interval = TimeSpan.FromMilliseconds(100);

    private readonly bool _isShown =
        invocation.Streams.ErrorIsTerminal && !invocation.Quiet && !invocation.Json;

    private readonly long _started = time.GetTimestamp();
    private long _shownAt;

    /// <summary>Shows how many messages are stored, and how much of the file was read; seldom enough.</summary>
    public void Show(long stored, long position, long length)
    {
        if (!_isShown || (_shownAt != 0 && time.GetElapsedTime(_shownAt) < Interval)) return;
        _shownAt = time.GetTimestamp();
        CultureInfo invariant = CultureInfo.InvariantCulture;
        double part = length == 0 ? 1 : Math.Clamp((double)position / length, 0, 1);
        int full = (int)(part * BarWidth);
        string bar = isFollowing
            ? "following"
            : string.Create(invariant, $"{part * 100,3:0} % {new string('█', full)}{new string('░', BarWidth - full)}");
        double seconds = Math.Max(0.001, time.GetElapsedTime(_started).TotalSeconds);
        string name = Printable.Escape(Path.GetFileName(path));
        invocation.Streams.WriteError(string.Create(
            invariant, $"\r\x1b[K{name}  {bar}  {stored:N0} lines  {stored / seconds:N0}/s"));
    }

    /// <summary>Takes the line away, before something else is said.</summary>
    public void Clear()
    {
        if (_isShown && _shownAt != 0) invocation.Streams.WriteError("\r\x1b[K");
        _shownAt = 0;
    }
}
