namespace Fiq.Simulation.Persistence;

/// <summary>What may be left of what no sync has promised: how cruel the disk is.</summary>
internal enum Profile
{
    /// <summary>All processes die, the machine goes on: everything, the last write up to any byte.</summary>
    P0,

    /// <summary>A strictly ordered disk: everything up to some moment.</summary>
    P1,

    /// <summary>Ordered for each file and directory, without an order between them.</summary>
    P2,

    /// <summary>Delayed write-back: any part, in whole blocks of 4096 bytes.</summary>
    P3,

    /// <summary>
    /// Any part, in sectors of 512 bytes, each absent, there, begun, zero or garbage inside what was written.
    /// </summary>
    P4,

    /// <summary>Names and lengths reach the disk independently of bytes: all of one and none of the other.</summary>
    P5,
}
