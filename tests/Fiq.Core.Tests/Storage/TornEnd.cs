using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>
/// A log whose processes died: two messages were acknowledged, two more batches were written and never synced.
/// </summary>
internal static class TornEnd
{
    public static readonly string[] Bodies = ["a", "b", "c", "d"];

    /// <summary>Where the two unproven batches begin, and where the last one ends.</summary>
    public readonly record struct Places(int First, int Second, int End);

    public static Places Make(LogRig rig)
    {
        using QueueLog living = rig.Attach();
        living.Append("a");
        living.Append("b");
        var positions = new List<int>();
        foreach (string body in Bodies[2..])
        {
            positions.Add((int)rig.OnPage(page => page.Tail().Position));
            WriteAndDie(rig, body);
        }

        return new Places(positions[0], positions[1], (int)rig.OnPage(page => page.Tail().Position));
    }

    /// <summary>A process writes, moves the tail, and dies before it syncs.</summary>
    public static void WriteAndDie(LogRig rig, params string[] bodies)
    {
        var faults = new Faults();
        QueueLog dead = rig.Attach(faults);
        faults.ErrorOf = (call, _) =>
        {
            // Two more stores: the idle copy of the tail, and its selector.
            if (call == "write") faults.KillAfter(2);
            return Errno.None;
        };
        LogCalls.Dies(() => dead.Append(bodies)).Should().BeTrue();
        dead.Abandon();
    }

    /// <summary>The page is lost, as in a copy that took none.</summary>
    public static void WipePage(LogRig rig)
    {
        using IFile control = rig.Folder.TryOpenFile(ControlFile.Name, writable: true)!;
        control.Write(new byte[ControlLayout.Size], 0);
    }
}
