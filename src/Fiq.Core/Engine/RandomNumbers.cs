using System.Buffers.Binary;
using System.Security.Cryptography;

namespace Fiq.Engine;

/// <summary>Random numbers that nobody can guess: a payload must not be able to pass for a header.</summary>
internal static class RandomNumbers
{
    public static ulong Next()
    {
        Span<byte> bytes = stackalloc byte[sizeof(ulong)];
        RandomNumberGenerator.Fill(bytes);
        return BinaryPrimitives.ReadUInt64LittleEndian(bytes);
    }
}
