namespace Fiq.Cli.Tests.Scenarios;

/// <summary>A tmpfs of a few MiB, to be filled.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path)
    {
        Path = path;
    }

    public string Path { get; }

    public static SmallDisk Mount(int mebibytes)
    {
        return TryMount(mebibytes) ?? throw new InvalidOperationException("could not mount a tmpfs");
    }

    public static bool CanMount()
    {
        using var disk = TryMount(1);
        return disk is not null;
    }

    public void MakeReadOnly() => Tool.Succeeds("mount", "-o", "remount,ro", Path).Should().BeTrue();

    public void Dispose()
    {
        if (Tool.Succeeds("umount", Path))
        {
            Directory.Delete(Path);
        }
    }

    private static SmallDisk? TryMount(int mebibytes)
    {
        var path = Directory.CreateTempSubdirectory("fiq-disk-").FullName;
        if (Tool.Succeeds("mount", "-t", "tmpfs", "-o", $"size={mebibytes}m,mode=0700", "tmpfs", path))
        {
            return new SmallDisk(path);
        }

        Directory.Delete(path);
        return null;
    }
}
