namespace Fiq.Simulation.Persistence;

/// <summary>A disk after a crash, and which choice led to it.</summary>
internal readonly record struct CrashImage(string Name, DiskImage Disk);

/// <summary>
/// What a crash at a cut may leave: every subset where there are few, otherwise a seeded sample of prefixes, all but
/// one, just one, pairs and any others.
/// </summary>
/// <param name="model">Stands at the cut.</param>
/// <param name="random">For what is sampled.</param>
/// <param name="countMax">No more images than this for a profile and a cut.</param>
internal sealed class CrashImages(CrashModel model, Random random, int countMax)
{
    private const int SectorSize = 512;

    private static readonly Func<int, int> Oldest = _ => 0;
    private static readonly Func<int, int> Newest = count => count - 1;

    private Func<int, int> Any => random.Next;

    public IEnumerable<CrashImage> Of(Profile profile)
    {
        if (profile == Profile.P0) return Killed();
        IReadOnlyList<Atom> may = model.May();
        IEnumerable<Survival> survivals = profile switch
        {
            Profile.P1 => Prefixes(may),
            Profile.P2 => PrefixesOfEach(may),
            Profile.P3 => Subsets(may),
            Profile.P4 => Torn(may),
            Profile.P5 => Kinds(may),
            _ => throw new ArgumentOutOfRangeException(nameof(profile)),
        };
        return survivals.Take(countMax).Select(each => new CrashImage($"{profile} {each.Name}", model.Build(each)));
    }

    /// <summary>Only what was promised is there: the disk on which a promise that was given too early shows.</summary>
    public IEnumerable<CrashImage> OfPromises() =>
        new[] { new Survival("old pages", _ => false, Oldest), new Survival("new pages", _ => false, Newest) }
            .Select(each => new CrashImage($"promises, {each.Name}", model.Build(each)));

    private IEnumerable<CrashImage> Killed()
    {
        yield return new CrashImage("P0", model.Cache.Copy());
        if (model.BeforeLastWrite is not FileContent before) yield break;
        // The call was cut short: behind some byte the file is as it was.
        var last = (Written)model.History.Events[model.Cut - 1];
        int length = random.Next(last.Bytes.Length);
        FileContent begun = before.Copy();
        begun.Write(last.Bytes.Span[..length], last.Position);
        DiskImage image = model.Cache.Copy();
        image.AddFile(last.Inode, begun);
        yield return new CrashImage($"P0 write {length}", image);
    }

    private IEnumerable<Survival> Prefixes(IReadOnlyList<Atom> may)
    {
        foreach (int count in Spread(may.Count + 1))
        {
            int at = count == 0 ? -1 : may[count - 1].At;
            int index = 0;
            var order = may.ToDictionary(atom => atom, _ => index++);
            yield return new Survival($"first {count}", atom => order[atom] < count, at < 0 ? Oldest : Any);
        }

        yield return new Survival("all", _ => true, Newest);
    }

    private IEnumerable<Survival> PrefixesOfEach(IReadOnlyList<Atom> may)
    {
        List<List<Atom>> inodes = [.. may.GroupBy(atom => atom.Inode).Select(group => group.ToList())];
        for (int i = 0; i < countMax; i++)
        {
            var kept = new HashSet<Atom>();
            foreach (List<Atom> atoms in inodes) kept.UnionWith(atoms.Take(random.Next(atoms.Count + 1)));
            yield return new Survival($"#{i}", kept.Contains, Any);
        }
    }

    private IEnumerable<Survival> Subsets(IReadOnlyList<Atom> may)
    {
        if (may.Count < 20 && 1 << may.Count <= countMax)
        {
            for (int mask = 0; mask < 1 << may.Count; mask++)
                yield return Only($"mask {mask}", may.Where((_, i) => (mask >> i & 1) != 0));
            yield break;
        }

        // Which the others do not give: every page of one moment. A few of the sample go for them.
        switch (random.Next(4))
        {
            case 0: yield return new Survival("none, old pages", _ => false, Oldest); break;
            case 1: yield return new Survival("none, new pages", _ => false, Newest); break;
            case 2: yield return new Survival("all, old pages", _ => true, Oldest); break;
            default: yield return new Survival("all, any pages", _ => true, Any); break;
        }

        for (int i = 0; i < countMax; i++) yield return Some(may);
    }

    // Of all prefixes, all but one, just one, all pairs and any other, one; each kind as likely as the others.
    private Survival Some(IReadOnlyList<Atom> may)
    {
        int one = random.Next(may.Count);
        int other = random.Next(may.Count);
        return random.Next(5) switch
        {
            0 => Only($"first {one}", may.Take(one)),
            1 => Only($"without {one}", may.Where((_, at) => at != one)),
            2 => Only($"only {one}", [may[one]]),
            3 => Only($"only {one} and {other}", [may[one], may[other]]),
            _ => Only("some", may.Where(_ => random.Next(2) == 0)),
        };
    }

    private IEnumerable<Survival> Kinds(IReadOnlyList<Atom> may)
    {
        bool IsBytes(Atom atom) => atom is BytesAtom;
        bool IsName(Atom atom) => atom is AddAtom or RemoveAtom or RenameAtom;
        yield return new Survival("names", IsName, Any);
        yield return new Survival("lengths and names", atom => !IsBytes(atom), Any);
        yield return new Survival("bytes", IsBytes, Any);
        yield return new Survival("bytes and lengths", atom => !IsName(atom), Any);
        for (int i = 0; i < countMax; i++)
        {
            HashSet<Atom> kept = [.. may.Where(atom => IsName(atom) && random.Next(2) == 0)];
            yield return new Survival($"names #{i}", atom => !IsName(atom) || kept.Contains(atom), Any);
        }
    }

    private IEnumerable<Survival> Torn(IReadOnlyList<Atom> may)
    {
        for (int i = 0; i < countMax; i++)
        {
            HashSet<Atom> kept = [.. may.Where(_ => random.Next(3) != 0)];
            yield return new Survival($"#{i}", kept.Contains, Any, LeaveTorn);
        }
    }

    // Only what the write covered is touched: beside it the sector is as it was (power-safe overwrite).
    private void LeaveTorn(BytesAtom atom, FileContent content)
    {
        ReadOnlySpan<byte> bytes = atom.Bytes.Span;
        for (int done = 0; done < bytes.Length;)
        {
            long position = atom.Position + done;
            int length = (int)Math.Min(SectorSize - position % SectorSize, bytes.Length - done);
            byte[] sector = bytes.Slice(done, length).ToArray();
            switch (random.Next(6))
            {
                case 0: break;
                case 1: content.Patch(sector.AsSpan(0, random.Next(length)), position); break;
                case 2: content.Patch(new byte[length], position); break;
                case 3:
                    random.NextBytes(sector);
                    content.Patch(sector, position);
                    break;
                default: content.Patch(sector, position); break;
            }

            done += length;
        }
    }

    private Survival Only(string name, IEnumerable<Atom> atoms)
    {
        var kept = atoms.ToHashSet();
        return new Survival(name, kept.Contains, Any);
    }

    /// <summary>All numbers below a count, or as many of them as there may be images, evenly.</summary>
    private IEnumerable<int> Spread(int count)
    {
        int step = Math.Max(1, (count + countMax - 1) / countMax);
        for (int i = random.Next(step); i < count; i += step) yield return i;
    }
}
