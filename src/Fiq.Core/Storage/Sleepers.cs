using Fiq.Files;

namespace Fiq.Storage;

/// <summary>
/// Sleeping on a word of the control page, and waking who sleeps there, without a call to the kernel when nobody
/// does. Sleeper: read the word, raise the flag, fence, look again, sleep. Waker: fence, take the flag down; if it
/// was up, change the word and wake all. A waker may die in between, so every sleep is bounded.
/// </summary>
internal sealed class Sleepers(ISharedMemory page, int wordAt)
{
    private int FlagAt => wordAt + sizeof(uint);

    /// <summary>
    /// Sleeps until woken or the time is over, unless <paramref name="ready"/> holds once it is announced.
    /// </summary>
    public void SleepUnless(Func<bool> ready, TimeSpan timeout)
    {
        uint word = page.Load32(wordAt);
        page.Exchange32(FlagAt, 1);
        if (ready()) return;
        page.Wait(wordAt, word, timeout);
    }

    /// <summary>Wakes all sleepers, if there are any.</summary>
    public void Wake()
    {
        if (page.Exchange32(FlagAt, 0) != 0) WakeAlways();
    }

    /// <summary>Wakes all, also one that is about to sleep without having raised its flag yet.</summary>
    public void WakeAlways()
    {
        page.Add32(wordAt, 1);
        page.WakeAll(wordAt);
    }
}
