using System.Globalization;
using System.Text;
using Fiq.Cli.Terminal;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// A small shell beside this process that outlives it by a moment. It is told of each process group before the group
/// begins its work, and when its stdin ends, because this process has ended in whatever way, it kills what it knows.
/// A parent-death signal would reach the command alone and not what the command has started.
/// </summary>
internal sealed unsafe class Guardian : IDisposable
{
    /// <summary>It ends when its stdin does; nobody waits longer for that.</summary>
    private const int EndMilliseconds = 1000;

    private const string Script =
        """
        trap '' TERM INT HUP
        cd /
        all=' '
        while read -r line; do
          case $line in
            +*) all="$all${line#+} " ;;
            -*) one=${line#-}; case $all in *" $one "*) all="${all%% $one *} ${all#* $one }" ;; esac ;;
          esac
        done
        for one in $all; do kill -s KILL -- "-$one" 2>/dev/null; done
        """;

    private readonly Lock _gate = new();
    private readonly SafeFileHandle _input;
    private readonly SafeFileHandle _end;
    private readonly int _pid;

    public Guardian()
    {
        (SafeFileHandle read, _input) = ChildCalls.Pipe();
        using SafeFileHandle nothing = File.OpenHandle("/dev/null", FileMode.Open, FileAccess.Write);
        using var words = new NativeWords(["sh", "-c", Script, "fiq-guardian"]);
        using (read)
        {
            byte** list = words.List;
            _pid = new NativeEnvironment().With(
                [], environment => Spawner.Start(list, environment, read, nothing, nothing));
        }

        _end = ChildCalls.OpenProcess(_pid);
    }

    public int Id => _pid;

    /// <summary>From when it returns the group ends with us.</summary>
    public void Watch(int group) => Tell('+', group, mustHear: true);

    /// <summary>The group has ended. Said before its number can belong to another.</summary>
    public void Forget(int group) => Tell('-', group, mustHear: false);

    public void Dispose()
    {
        _input.Dispose();
        var entry = new PosixCalls.PollEntry
        {
            Descriptor = (int)_end.DangerousGetHandle(),
            Wanted = PosixCalls.PollIn,
        };
        if (PosixCalls.Poll(ref entry, 1, EndMilliseconds) > 0) _ = ChildCalls.Wait(_pid, out _, ChildCalls.WaitNoHang);
        _end.Dispose();
    }

    private void Tell(char what, int group, bool mustHear)
    {
        Span<byte> line = stackalloc byte[16];
        string text = string.Create(CultureInfo.InvariantCulture, $"{what}{group}\n");
        int length = Encoding.ASCII.GetBytes(text, line);
        lock (_gate)
        {
            // Less than a page is written to a pipe whole or not at all.
            nint written;
            fixed (byte* start = line)
            {
                do written = ChildCalls.Write(_input, start, (nuint)length);
                while (written < 0
                    && System.Runtime.InteropServices.Marshal.GetLastPInvokeError() == PosixCalls.ErrnoInterrupted);
            }

            if (written < 0 && mustHear) throw ChildErrors.Last("reach the guardian of the commands");
        }
    }
}
