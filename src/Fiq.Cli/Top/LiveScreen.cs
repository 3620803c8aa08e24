using System.Text;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Top;

/// <summary>Draws frames over each other in place, and leaves the last one standing.</summary>
internal sealed class LiveScreen(ByteOutput output, bool canMove) : IDisposable
{
    private const string HideCursor = "\e[?25l";
    private const string ShowCursor = "\e[?25h";
    private const string ClearRest = "\e[K";
    private const string ClearBelow = "\e[J";

    private int _drawn;

    public void Draw(IReadOnlyList<string> lines)
    {
        var page = new StringBuilder();
        if (canMove) page.Append(_drawn == 0 ? HideCursor : $"\e[{_drawn}A\r");
        foreach (string line in lines) page.Append(line).Append(canMove ? ClearRest : "").Append('\n');
        if (canMove) page.Append(ClearBelow);
        _drawn = lines.Count;
        output.Write(page.ToString());
        output.Flush();
    }

    public void Dispose()
    {
        if (!canMove || _drawn == 0) return;
        output.Write(ShowCursor);
        output.Flush();
    }
}
