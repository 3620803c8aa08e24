using Fiq.Simulation.Persistence;

namespace Fiq.Crash.Tests.Trace.Recovery;

/// <summary>A disk that a crash may have left.</summary>
/// <param name="Name">The cut, the profile of the disk, and the choice.</param>
/// <param name="Disk">What is on it.</param>
/// <param name="Moment">The latest moment at which the crash may have come.</param>
internal sealed record CrashState(string Name, DiskImage Disk, long Moment);

/// <summary>Draws the states to be tried: all that differ, or as many as asked for, by seed.</summary>
internal static class CrashStates
{
    /// <summary>More than these of each profile at each cut add little: there are many cuts.</summary>
    private const int PerProfileMax = 3;

    /// <param name="history">The trace.</param>
    /// <param name="rules">On what kind of disk.</param>
    /// <param name="firstCut">Where to begin.</param>
    /// <param name="countMax">How many to draw.</param>
    /// <param name="seed">Of what is drawn, and of the choices inside a profile.</param>
    /// <param name="distinct">How many different states there were to draw from.</param>
    public static IReadOnlyList<CrashState> Draw(
        TraceHistory history, DiskRules rules, int firstCut, int countMax, int seed, out int distinct)
    {
        var random = new Random(seed);
        var seen = new HashSet<ulong>();
        var drawn = new List<(ulong Hash, CrashState State)>();
        foreach (var state in All(history, rules, firstCut, random))
        {
            var hash = state.Disk.Hash();
            if (!seen.Add(hash))
            {
                // The same disk later: more was told by then, so it has to hold more.
                var index = drawn.FindIndex(each => each.Hash == hash);
                if (index >= 0)
                {
                    drawn[index] = (hash, state);
                }
            }
            else if (drawn.Count < countMax)
            {
                drawn.Add((hash, state));
            }
            else if (random.Next(seen.Count) is var place && place < countMax)
            {
                drawn[place] = (hash, state);
            }
        }

        distinct = seen.Count;
        return [.. drawn.Select(each => each.State)];
    }

    private static IEnumerable<CrashState> All(TraceHistory history, DiskRules rules, int firstCut, Random random)
    {
        var model = new CrashModel(history.Disk, rules, random);
        while (model.Cut < history.Disk.Count)
        {
            model.Advance();
            if (model.Cut < firstCut)
            {
                continue;
            }

            var images = new CrashImages(model, random, PerProfileMax);
            foreach (var image in Enum.GetValues<Profile>().SelectMany(images.Of))
            {
                yield return new CrashState(
                    $"cut {model.Cut}: {image.Name}, {rules}", image.Disk, history.LastMomentAt(model.Cut));
            }
        }
    }
}
