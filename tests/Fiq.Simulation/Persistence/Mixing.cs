using System.Runtime.InteropServices;

namespace Fiq.Simulation.Persistence;

/// <summary>Hashes by which equal disks are recognised: 64 bits, so among millions no two meet by chance.</summary>
internal static class Mixing
{
    /// <summary>Spreads a number over all 64 bits (the finalizer of SplitMix64).</summary>
    public static ulong Mix(ulong value)
    {
        value = (value ^ (value >> 30)) * 0xBF58_476D_1CE4_E5B9;
        value = (value ^ (value >> 27)) * 0x94D0_49BB_1331_11EB;
        return value ^ (value >> 31);
    }

    /// <summary>Chance of that seed. The first numbers of neighbouring seeds are alike unless spread.</summary>
    public static Random RandomOf(int seed) => new((int)Mix((ulong)seed));

    /// <summary>The hash of some bytes.</summary>
    public static ulong HashOf(ReadOnlySpan<byte> bytes)
    {
        ulong sum = (ulong)bytes.Length;
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) sum = Mix(sum ^ word);
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..]) sum = Mix(sum ^ rest);
        return sum;
    }
}
