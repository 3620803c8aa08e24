namespace Fiq.Simulation.Persistence;

/// <summary>One choice of what a crash leaves of all that it may leave.</summary>
/// <param name="name">Names the choice in a failure's line.</param>
/// <param name="keeps">Whether an atom reached the disk.</param>
/// <param name="version">Which of n states of a mapped block did; 0 is the oldest.</param>
/// <param name="leave">What a write left of itself; null for all or nothing.</param>
internal sealed class Survival(
    string name, Func<Atom, bool> keeps, Func<int, int> version, Action<BytesAtom, FileContent>? leave = null)
{
    public string Name { get; } = name;

    public bool Keeps(Atom atom) => keeps(atom);

    public int Version(int count) => version(count);

    public void Leave(BytesAtom bytes, FileContent content)
    {
        if (leave is not null) leave(bytes, content);
        else if (keeps(bytes)) PendingInode.Apply(bytes, content, null);
    }
}
