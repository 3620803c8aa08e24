using System.Diagnostics;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>A test that injects failing system calls; skipped, visibly, where strace can't.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceFactAttribute : FactAttribute
{
    private static readonly bool Works = Tool.Succeeds("strace", "-o", "/dev/null", "true");

    public StraceFactAttribute()
    {
        Skip = Works ? null : "needs strace and the permission to trace";
    }
}

/// <summary>A test that mounts a small file system; skipped, visibly, where that is not allowed.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class MountFactAttribute : FactAttribute
{
    private static readonly bool Works = SmallDisk.CanMount();

    public MountFactAttribute()
    {
        Skip = Works ? null : "needs root and the permission to mount a tmpfs";
    }
}

/// <summary>A test that acts as another user; skipped, visibly, where we are not root.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class RootFactAttribute : FactAttribute
{
    public RootFactAttribute()
    {
        Skip = Environment.IsPrivilegedProcess ? null : "needs root to give a folder to another user";
    }
}

internal static class Tool
{
    public static bool Succeeds(string name, params string[] arguments)
    {
        try
        {
            using var process = Process.Start(new ProcessStartInfo(name, arguments)
            {
                RedirectStandardError = true,
                RedirectStandardOutput = true,
            })!;
            process.StandardError.ReadToEnd();
            process.WaitForExit();
            return process.ExitCode == 0;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            return false; // there is no such program
        }
    }
}
