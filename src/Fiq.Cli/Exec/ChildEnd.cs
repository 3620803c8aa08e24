using System.Globalization;

namespace Fiq.Cli.Exec;

/// <summary>How a command ended.</summary>
/// <param name="Status">As the kernel says it.</param>
/// <param name="LastErrorLine">The last line that it wrote to stderr; empty when there is none.</param>
internal readonly record struct ChildEnd(int Status, string LastErrorLine)
{
    /// <summary>The signal that ended it; 0 when it ended by itself.</summary>
    public int Signal => Status & 0x7f;

    /// <summary>Its exit status, when it ended by itself.</summary>
    public int ExitCode => (Status >> 8) & 0xff;

    public bool HasExitedWith(int code) => Signal == 0 && ExitCode == code;

    /// <summary><c>exit 3: no such order</c>, <c>killed by signal 9</c></summary>
    public override string ToString()
    {
        string how = Signal == 0
            ? string.Create(CultureInfo.InvariantCulture, $"exit {ExitCode}")
            : string.Create(CultureInfo.InvariantCulture, $"killed by signal {Signal}");
        return LastErrorLine.Length == 0 ? how : $"{how}: {LastErrorLine}";
    }
}
