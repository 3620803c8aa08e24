namespace Fiq.Cli.Torture;

/// <summary>
/// The store of one torture, inside the given one. Its open lock file says that its maker lives: what a killed torture
/// left is removed by the next one, unless it holds evidence.
/// </summary>
internal sealed class TortureFolder : IDisposable
{
    private const string Prefix = "_torture-";
    private const string LockName = "lock";
    private const string EvidenceName = "evidence.txt";
    private const UnixFileMode OursAlone = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly FileStream _lock;
    private bool _keep;

    private TortureFolder(string path, FileStream heldLock)
    {
        Path = path;
        _lock = heldLock;
    }

    public string Path { get; }

    /// <summary>Removes what dead tortures left, and makes a new folder.</summary>
    public static TortureFolder Create(string store)
    {
        if (!OperatingSystem.IsLinux()) throw new FiqException(ErrorCode.Unsupported, "fiq runs on Linux");
        Directory.CreateDirectory(store, OursAlone);
        foreach (string leftOver in Directory.EnumerateDirectories(store, Prefix + "*")) RemoveIfDead(leftOver);
        string path = System.IO.Path.Combine(store, $"{Prefix}{Guid.NewGuid():n}");
        Directory.CreateDirectory(path, OursAlone);
        return new TortureFolder(path, Lock(path, FileMode.CreateNew));
    }

    /// <summary>Keeps the folder, with a file that says why.</summary>
    public void Keep(string evidence)
    {
        _keep = true;
        File.WriteAllText(System.IO.Path.Combine(Path, EvidenceName), evidence);
    }

    public void Dispose()
    {
        if (!_keep) Directory.Delete(Path, recursive: true);
        _lock.Dispose();
    }

    private static FileStream Lock(string path, FileMode mode) =>
        new(System.IO.Path.Combine(path, LockName), mode, FileAccess.ReadWrite, FileShare.None);

    private static void RemoveIfDead(string path)
    {
        if (File.Exists(System.IO.Path.Combine(path, EvidenceName))) return;
        try
        {
            using FileStream dead = Lock(path, FileMode.Open);
            Directory.Delete(path, recursive: true);
        }
        catch (IOException)
        {
            // It lives, or is just being made, or another one removes it.
            return;
        }
    }
}
