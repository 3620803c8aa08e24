using Fiq.Files;

namespace Fiq.Engine;

/// <summary>How a folder of queues is opened.</summary>
public sealed record FolderOptions
{
    /// <summary>Open a folder on a file system that may lose messages (NFS, CIFS, FUSE, 9p) all the same.</summary>
    public bool AllowUnsafeFileSystem { get; init; }

    /// <summary>The clock.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>Told once, when the folder is opened, about something a person should know; may be null.</summary>
    public Action<string>? Warn { get; init; }

    /// <summary>Let consumers verify, slowly, what is stored and not read: one process of a queue at a time.</summary>
    public bool CheckAtRest { get; init; } = true;

    /// <summary>Limits that count more here than what a queue or the store says: those of the environment.</summary>
    public QueueLimits Limits { get; init; } = QueueLimits.None;

    /// <summary>The file system; tests put another in its place.</summary>
    internal IFileSystem Files { get; init; } = new PosixFileSystem();

    /// <summary>Fresh random numbers: ids, secrets, tokens.</summary>
    internal Func<ulong> Random { get; init; } = RandomNumbers.Next;
}
