namespace Fiq.Pipeline;

/// <summary>
/// The length and the hash of the bytes from a beginning up to a place: FNV-1a with 64 bits, because its state is its
/// value. So it is kept in a few bytes, goes on where it ended, and covers every byte, not only the first and the last:
/// a file that differs in its middle alone is another file.
/// </summary>
internal readonly record struct Fingerprint(long Length, ulong Hash)
{
    private const ulong Basis = 0xCBF29CE484222325;
    private const ulong Prime = 0x100000001B3;

    public static Fingerprint Empty => new(0, Basis);

    public Fingerprint Add(ReadOnlySpan<byte> bytes)
    {
        ulong hash = Hash;
        foreach (byte b in bytes) hash = (hash ^ b) * Prime;
        return new Fingerprint(Length + bytes.Length, hash);
    }
}
