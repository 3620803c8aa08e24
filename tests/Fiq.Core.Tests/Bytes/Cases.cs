namespace Fiq.Tests.Bytes;

/// <summary>Many small cases on as many threads as there are processors, and no more: others test here, too.</summary>
internal static class Cases
{
    private static readonly ParallelOptions AllProcessors = new()
    {
        MaxDegreeOfParallelism = Environment.ProcessorCount,
    };

    /// <summary>Tries 0, 1, and so on, up to a count.</summary>
    public static void Each(long count, Action<long> body) => Parallel.For(0, count, AllProcessors, body);

    /// <inheritdoc cref="Each(long, Action{long})"/>
    public static Task EachAsync(long count, Func<long, Task> body) =>
        Parallel.ForAsync(0, count, AllProcessors, async (number, _) => await body(number));

    /// <summary>Tries each of some places.</summary>
    public static void Each(IEnumerable<int> places, Action<int> body) =>
        Parallel.ForEach(places, AllProcessors, body);

    /// <inheritdoc cref="Each(IEnumerable{int}, Action{int})"/>
    public static Task EachAsync(IEnumerable<int> places, Func<int, Task> body) =>
        Parallel.ForEachAsync(places, AllProcessors, async (place, _) => await body(place));
}
