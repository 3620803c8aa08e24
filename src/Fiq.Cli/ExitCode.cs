namespace Fiq.Cli;

/// <summary>Every exit status of the command line.</summary>
internal enum ExitCode
{
    /// <summary>Everything asked for is durable or settled.</summary>
    Done = 0,

    /// <summary>It failed.</summary>
    Failed = 1,

    /// <summary>Wrong usage or configuration.</summary>
    Usage = 2,

    /// <summary>The run ended by itself, but some input was refused or some messages failed for good.</summary>
    SomeRefused = 3,

    /// <summary>No such queue, group or message.</summary>
    NotFound = 4,

    /// <summary>The system does not let us.</summary>
    Denied = 5,

    /// <summary>Somebody else holds it.</summary>
    Busy = 6,

    /// <summary>Damaged data was found.</summary>
    Damaged = 7,

    /// <summary>Full, too large or read-only.</summary>
    Refused = 8,

    /// <summary>Nothing was received in time.</summary>
    NothingReceived = 9,

    /// <summary>Drained after Ctrl-C: the process then ends itself by SIGINT, so that a shell loop stops.</summary>
    Interrupted = 130,

    /// <summary>The reader of stdout has gone.</summary>
    OutputClosed = 141,
}
