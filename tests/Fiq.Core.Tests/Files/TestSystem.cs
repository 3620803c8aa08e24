using System.Diagnostics;
using System.Runtime.InteropServices;

namespace Fiq.Tests.Files;

/// <summary>What tests need of the system beside what fiq itself uses.</summary>
internal static partial class TestSystem
{
    [LibraryImport("libc", EntryPoint = "umask")]
    public static partial uint SetUmask(uint mask);

    [LibraryImport("libc", EntryPoint = "geteuid")]
    public static partial uint UserId();

    [LibraryImport("libc", EntryPoint = "mkfifo", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int MakePipe(string path, uint mode);

    [LibraryImport("libc", EntryPoint = "chown", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int ChangeOwner(string path, uint user, uint group);

    [LibraryImport("libc", EntryPoint = "mount", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Mount(string source, string target, string type, nuint flags, string options);

    [LibraryImport("libc", EntryPoint = "umount2", StringMarshalling = StringMarshalling.Utf8)]
    public static partial int Unmount(string target, int flags);

    /// <summary>Starts a program with its output read by us.</summary>
    public static Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        return Process.Start(start) ?? throw new InvalidOperationException($"{program} did not start");
    }

    /// <summary>Waits for what another process does; fails after a time that no honest machine needs.</summary>
    public static void WaitUntil(Func<bool> condition)
    {
        long start = Stopwatch.GetTimestamp();
        while (!condition())
        {
            if (Stopwatch.GetElapsedTime(start) > TimeSpan.FromSeconds(60))
                throw new InvalidOperationException("what the test waits for did not happen within a minute");
            Thread.Sleep(1);
        }
    }
}

/// <summary>A law that only the superuser can try; skipped, and said so, for others.</summary>
internal sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        if (TestSystem.UserId() != 0) Skip = "needs to change owners: run as root";
    }
}

/// <summary>A law that needs a file system of its own; skipped, and said so, where nothing may be mounted.</summary>
internal sealed class MountFactAttribute : FactAttribute
{
    private const int Detach = 2;

    private static readonly Lazy<bool> MayMount = new(TryMount);

    public MountFactAttribute()
    {
        if (!MayMount.Value) Skip = "needs to mount a small tmpfs: run as root outside a container";
    }

    private static bool TryMount()
    {
        string folder = Directory.CreateTempSubdirectory("fiq-test-").FullName;
        try
        {
            return TestSystem.Mount("tmpfs", folder, "tmpfs", 0, "size=64k") == 0
                && TestSystem.Unmount(folder, Detach) == 0;
        }
        finally
        {
            Directory.Delete(folder);
        }
    }
}

/// <summary>Tests that change something of the whole process run while no other test runs.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class WholeProcess
{
    internal const string Name = "whole process";
}
