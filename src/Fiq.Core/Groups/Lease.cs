namespace Fiq.Groups;

/// <summary>A right to some offsets: <paramref name="Start"/> + i for each bit i of <paramref name="Mask"/>.</summary>
/// <param name="Start">The offset of bit 0.</param>
/// <param name="Mask">Which of the 64 offsets from there.</param>
/// <param name="AttemptsBefore">Attempts already counted for each of them.</param>
/// <param name="Token">Proves the lease.</param>
internal readonly record struct Lease(long Start, ulong Mask, int AttemptsBefore, LeaseToken Token);

/// <summary>The end of one delivery.</summary>
/// <param name="Token">The lease it belongs to.</param>
/// <param name="Offset">The message.</param>
/// <param name="DeclaredMicroseconds">The work it declared.</param>
/// <param name="Done">True: settled; false: handed back, without counting an attempt.</param>
internal readonly record struct SettledOffset(LeaseToken Token, long Offset, long DeclaredMicroseconds, bool Done);
