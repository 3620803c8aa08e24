namespace Fiq.Files;

/// <summary>Sleeps for less than a millisecond, which the runtime's own sleep rounds down to nothing.</summary>
internal static unsafe class ShortSleep
{
    /// <summary>Sleeps about that long, at least; a signal may end it early.</summary>
    public static void For(TimeSpan time)
    {
        TimeBuffer buffer = TimeBuffer.Of(time);
        // The answer says only whether a signal came, and whoever sleeps here looks again anyway.
        LibcMemory.Sleep(&buffer, null);
    }
}
