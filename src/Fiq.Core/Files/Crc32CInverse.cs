using System.Buffers.Binary;
using System.Numerics;

namespace Fiq.Files;

/// <summary>
/// CRC-32C run backwards: which bytes lead to a checksum that is given. A checksum of 32 bits is a bijection of any
/// four of its bytes, so it can be met exactly by choosing those, and the state before some bytes follows from the
/// one behind them.
/// </summary>
internal static class Crc32CInverse
{
    private const uint Polynomial = 0x82F6_3B78;

    /// <summary>
    /// The four bytes, as one number, that stand behind the others so that the checksum of all becomes this one.
    /// </summary>
    public static uint Closing(ulong secret, ReadOnlySpan<byte> bytes, uint wanted) =>
        StateAfter(secret, bytes) ^ Back(~wanted, sizeof(uint) * 8);

    /// <summary>A secret under which these bytes have this checksum; all such secrets are equal in effect.</summary>
    public static ulong SecretOf(ReadOnlySpan<byte> bytes, uint crc)
    {
        uint state = ~crc;
        for (int i = bytes.Length - 1; i >= 0; i--) state = Back(state, 8) ^ bytes[i];
        uint zeros = BitOperations.Crc32C(uint.MaxValue, 0u);
        return (ulong)(zeros ^ Back(state, sizeof(uint) * 8)) << 32;
    }

    private static uint StateAfter(ulong secret, ReadOnlySpan<byte> bytes)
    {
        Span<byte> seed = stackalloc byte[sizeof(ulong)];
        BinaryPrimitives.WriteUInt64LittleEndian(seed, secret);
        uint state = uint.MaxValue;
        foreach (byte each in seed) state = BitOperations.Crc32C(state, each);
        foreach (byte each in bytes) state = BitOperations.Crc32C(state, each);
        return state;
    }

    /// <summary>The state before this many zero bits, as the state behind them says.</summary>
    private static uint Back(uint state, int bits)
    {
        for (int i = 0; i < bits; i++)
            state = (state & 0x8000_0000) != 0 ? ((state ^ Polynomial) << 1) | 1 : state << 1;
        return state;
    }
}
