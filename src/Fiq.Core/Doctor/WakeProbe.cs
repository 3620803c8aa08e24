using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>
/// Whether a process that sleeps on a word of a shared page is woken by another one, and how soon. A lost wake-up only
/// costs time, but every message would wait for the next look.
/// </summary>
/// <param name="patience">Whoever slept as long was not woken.</param>
internal sealed class WakeProbe(TimeSpan patience) : IProbe
{
    private const uint Rounds = 200;

    // One may be the machine's fault, which has other things to do.
    private const int LostMax = 2;

    public string Name => "wake-up";

    public Finding Run(ProbeRoom room)
    {
        if (room.Partner is not { } partner) return Finding.Warned(Name, "not tested: there is no second process");
        using IFile file = PageProbe.Create(room, "wake-up");
        using ISharedMemory page = file.Map(PageProbe.PageSize, writable: true);
        partner.Tell(FormattableString.Invariant($"pong wake-up {Rounds} {patience.TotalMilliseconds:0}"));
        var times = new List<TimeSpan>();
        for (uint round = 1; round <= Rounds && Lost(times) <= LostMax; round++)
            times.Add(Ask(room.Time, page, round));
        // Whatever it still waits for, it has it now.
        page.Store32(PartnerDesk.AskedAt, Rounds);
        page.WakeAll(PartnerDesk.AskedAt);
        partner.Answer();
        return Judge(times);
    }

    private Finding Judge(List<TimeSpan> times)
    {
        if (Lost(times) > LostMax)
            return Finding.Failed(
                Name,
                "a process that sleeps on a shared page is not woken by another",
                "Run all processes on one kernel, not in emulators or sandboxes with a kernel of their own.");
        // Two wake-ups each.
        (double median, double worst) = Percentiles.Of([.. times.Select(time => time / 2)]);
        string text = $"processes wake each other in {Percentiles.Words(median)}, "
            + $"99 of 100 in {Percentiles.Words(worst)}";
        return Finding.Fine(Name, text) with
        {
            Measured = new Dictionary<string, double>
            {
                ["p50Microseconds"] = median,
                ["p99Microseconds"] = worst,
            },
        };
    }

    private int Lost(List<TimeSpan> times) => times.Count(time => time >= patience);

    private TimeSpan Ask(TimeProvider time, ISharedMemory page, uint round)
    {
        long started = time.GetTimestamp();
        page.Store32(PartnerDesk.AskedAt, round);
        page.WakeAll(PartnerDesk.AskedAt);
        uint seen;
        while ((seen = page.Load32(PartnerDesk.AnsweredAt)) < round && time.GetElapsedTime(started) < patience * 3)
            page.Wait(PartnerDesk.AnsweredAt, seen, patience);
        return time.GetElapsedTime(started);
    }
}
