namespace Fiq.Simulation.Persistence;

/// <summary>
/// One file or directory: what is certainly on disk, and the atoms that may be there too, in the order of their issue.
/// </summary>
internal sealed class PendingInode
{
    private readonly List<Atom> _atoms = [];
    private readonly Dictionary<long, List<Block?>> _versions = [];

    /// <summary>The durable bytes of a file.</summary>
    public FileContent Content { get; private set; } = new();

    /// <summary>The durable names of a directory; null for a file.</summary>
    public SortedDictionary<string, long>? Entries { get; private init; }

    /// <summary>What may be on disk, and what must but follows such an atom.</summary>
    public IReadOnlyList<Atom> Atoms => _atoms;

    /// <summary>For each block stored to through a mapping: its states since the last sync, the oldest first.</summary>
    public IReadOnlyDictionary<long, List<Block?>> Versions => _versions;

    public static PendingInode OfFile(FileContent content) => new() { Content = content };

    public static PendingInode OfDirectory(IEnumerable<KeyValuePair<string, long>> entries)
    {
        var copy = new SortedDictionary<string, long>(StringComparer.Ordinal);
        foreach ((string name, long child) in entries) copy[name] = child;
        return new PendingInode { Entries = copy };
    }

    public void Add(Atom atom) => _atoms.Add(atom);

    /// <summary>A block was stored to; its state before is the first version.</summary>
    public void AddVersion(long number, Block? before, Block? after)
    {
        if (!_versions.TryGetValue(number, out List<Block?>? versions)) _versions[number] = versions = [before];
        versions.Add(after);
    }

    /// <summary>A sync has returned 0 that was called at this event: what it covers is durable.</summary>
    public void Promote(int startedAt)
    {
        foreach (Atom atom in _atoms)
            if (atom.At < startedAt && !atom.IsForsaken) atom.IsDurable = true;
        // What must be there and follows nothing uncertain needs no memory of how it came.
        int count = _atoms.TakeWhile(atom => atom.IsDurable).Count();
        for (int i = 0; i < count; i++) Apply(_atoms[i], Content, Entries);
        _atoms.RemoveRange(0, count);
        foreach ((long number, List<Block?> versions) in _versions) Content.Put(number, versions[^1]);
        _versions.Clear();
    }

    /// <summary>A sync failed: what it covered may be on disk or not, and nobody will ever know.</summary>
    public void Forsake()
    {
        foreach (Atom atom in _atoms) atom.IsForsaken = true;
    }

    /// <summary>A name was made durable by a sync of the file that it names.</summary>
    public void PromoteNameOf(long child)
    {
        foreach (Atom atom in _atoms)
            if (atom is AddAtom add && add.Child == child && !atom.IsForsaken) atom.IsDurable = true;
    }

    /// <summary>Applies an atom as it was issued.</summary>
    public static void Apply(Atom atom, FileContent content, SortedDictionary<string, long>? entries)
    {
        switch (atom)
        {
            case BytesAtom bytes: content.Patch(bytes.Bytes.Span, bytes.Position); break;
            case LengthAtom longer: content.SetLength(Math.Max(content.Length, longer.Length)); break;
            case CutAtom cut: content.SetLength(Math.Min(content.Length, cut.Length)); break;
            case AddAtom add: entries![add.Name] = add.Child; break;
            case RemoveAtom remove: entries!.Remove(remove.Name); break;
            case RenameAtom rename:
                if (entries!.GetValueOrDefault(rename.From) == rename.Child) entries!.Remove(rename.From);
                entries![rename.To] = rename.Child;
                break;
            default: throw new ArgumentOutOfRangeException(nameof(atom), atom, "no such kind of atom");
        }
    }
}
