using System.Numerics;

namespace Fiq.Groups;

/// <summary>Masks of up to 64 neighbouring offsets.</summary>
internal static class Bits
{
    /// <summary>The lowest <paramref name="count"/> bits, 0 to 64 of them.</summary>
    public static ulong Low(int count) => count >= 64 ? ulong.MaxValue : (1UL << count) - 1;

    public static int Count(ulong mask) => BitOperations.PopCount(mask);
}
