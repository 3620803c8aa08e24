using System.Numerics;
using System.Runtime.InteropServices;

namespace Fiq.Files;

/// <summary>
/// CRC-32C (Castagnoli, reflected, as in RFC 3720), the only checksum in fiq's files. Finds every single-bit error and
/// every burst of up to 32 bits; one instruction per 8 bytes on x64 and arm64.
/// </summary>
internal static class Crc32C
{
    /// <summary>The checksum of some bytes.</summary>
    public static uint Compute(ReadOnlySpan<byte> bytes) => ~Append(uint.MaxValue, bytes);

    /// <summary>
    /// The checksum of an 8-byte secret followed by some bytes: nobody without the secret can make one.
    /// </summary>
    public static uint Compute(ulong secret, ReadOnlySpan<byte> bytes) =>
        ~Append(BitOperations.Crc32C(uint.MaxValue, secret), bytes);

    /// <summary>
    /// The checksum of what <paramref name="crc"/> is the checksum of, and of more behind it; of nothing it is 0.
    /// </summary>
    public static uint Extend(uint crc, ReadOnlySpan<byte> more) => ~Append(~crc, more);

    private static uint Append(uint state, ReadOnlySpan<byte> bytes)
    {
        ReadOnlySpan<ulong> words = MemoryMarshal.Cast<byte, ulong>(bytes);
        foreach (ulong word in words) state = BitOperations.Crc32C(state, word);
        foreach (byte rest in bytes[(words.Length * sizeof(ulong))..]) state = BitOperations.Crc32C(state, rest);
        return state;
    }
}
