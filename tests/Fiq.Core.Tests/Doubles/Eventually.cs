namespace Fiq.Tests.Doubles;

/// <summary>Waits for a condition instead of a time; the limit only ends a test that has failed.</summary>
internal static class Eventually
{
    private static readonly TimeSpan GiveUpAfter = TimeSpan.FromSeconds(20);

    public static async Task HoldsAsync(Func<bool> condition, string what)
    {
        long startedAt = Environment.TickCount64;
        while (!condition())
        {
            (Environment.TickCount64 - startedAt).Should().BeLessThan((long)GiveUpAfter.TotalMilliseconds, what);
            await Task.Delay(2);
        }
    }

    public static async Task HoldsAsync(Func<Task<bool>> condition, string what)
    {
        long startedAt = Environment.TickCount64;
        while (!await condition())
        {
            (Environment.TickCount64 - startedAt).Should().BeLessThan((long)GiveUpAfter.TotalMilliseconds, what);
            await Task.Delay(2);
        }
    }
}
