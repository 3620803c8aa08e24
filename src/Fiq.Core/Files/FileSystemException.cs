namespace Fiq.Files;

/// <summary>Error numbers that fiq tells apart (Linux, x64 and arm64).</summary>
internal enum Errno
{
    None = 0,
    NotPermitted = 1,
    NoEntry = 2,
    Interrupted = 4,
    InputOutput = 5,
    NoSuchDevice = 6,
    BadDescriptor = 9,
    TryAgain = 11,
    AccessDenied = 13,
    Exists = 17,
    NotADirectory = 20,
    IsADirectory = 21,
    InvalidArgument = 22,
    TooManyFilesInSystem = 23,
    TooManyFiles = 24,
    FileTooBig = 27,
    NoSpace = 28,
    ReadOnlyFileSystem = 30,
    NotEmpty = 39,
    TooManyLinks = 40,
    NotSupported = 95,
    TimedOut = 110,
    QuotaExceeded = 122,
}

/// <summary>A call to the operating system failed: which call, on what, and its error number.</summary>
internal sealed class FileSystemException : IOException
{
    public FileSystemException(string call, string path, Errno errno, string reason)
        : base($"{call} {path}: {reason} (errno {(int)errno})")
    {
        Call = call;
        Path = path;
        Errno = errno;
    }

    public string Call { get; }

    public string Path { get; }

    public Errno Errno { get; }

    /// <summary>Whether there is no room: disk, quota or a limit on file sizes.</summary>
    public bool IsNoSpace => Errno is Errno.NoSpace or Errno.QuotaExceeded or Errno.FileTooBig;

    /// <summary>Converts it for whoever called fiq.</summary>
    public FiqException ToFiqException() => Errno switch
    {
        Errno.NoSpace or Errno.QuotaExceeded or Errno.FileTooBig => new FiqException(
            ErrorCode.DiskFull, Message, "Free some room; what is stored can still be consumed.", this),
        Errno.ReadOnlyFileSystem => new FiqException(
            ErrorCode.ReadOnly, Message, "The file system is mounted read-only.", this),
        Errno.AccessDenied or Errno.NotPermitted => new FiqException(
            ErrorCode.Forbidden, Message, "Use a folder of your own, or change its owner or mode.", this),
        Errno.TooManyLinks => new FiqException(
            ErrorCode.Forbidden, Message, "fiq follows no symbolic links inside its folder.", this),
        _ => new FiqException(ErrorCode.Failed, Message, null, this),
    };
}
