namespace Fiq.Files;

/// <summary>
/// A page shared by processes. Each store is visible to all at once and survives the death of every process, but not
/// a power cut. Loads acquire, stores release. Offsets are aligned to the size of the word.
/// </summary>
internal interface ISharedMemory : IDisposable
{
    /// <summary>Its size in bytes.</summary>
    int Length { get; }

    /// <summary>Reads 8 bytes.</summary>
    ulong Load64(int at);

    /// <summary>Stores 8 bytes.</summary>
    void Store64(int at, ulong value);

    /// <summary>Reads 4 bytes.</summary>
    uint Load32(int at);

    /// <summary>Stores 4 bytes.</summary>
    void Store32(int at, uint value);

    /// <summary>Stores 4 bytes and returns what was there, as one step and a full fence.</summary>
    uint Exchange32(int at, uint value);

    /// <summary>Adds to 4 bytes and returns the sum, as one step and a full fence.</summary>
    uint Add32(int at, uint value);

    /// <summary>Sets bits in 8 bytes and returns what was there, as one step and a full fence.</summary>
    ulong Or64(int at, ulong bits);

    /// <summary>Keeps only these bits of 8 bytes and returns what was there, as one step and a full fence.</summary>
    ulong And64(int at, ulong bits);

    /// <summary>Copies bytes out. Not atomic: whoever needs a whole picture checks a sum or a selector.</summary>
    void Read(int at, Span<byte> buffer);

    /// <summary>Copies bytes in. Not atomic, and no order against other stores.</summary>
    void Write(int at, ReadOnlySpan<byte> bytes);

    /// <summary>A full fence.</summary>
    void Fence();

    /// <summary>
    /// Sleeps while the word is <paramref name="expected"/>, until woken or the time is over. May return early
    /// without a reason.
    /// </summary>
    void Wait(int at, uint expected, TimeSpan timeout);

    /// <summary>Wakes all that sleep on the word, in every process.</summary>
    void WakeAll(int at);
}
