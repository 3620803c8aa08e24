namespace Fiq.Simulation.Machine;

/// <summary>The kernel's open-file-description locks: by byte, exclusive or shared, owned by descriptions.</summary>
internal sealed class SimLocks
{
    private readonly Dictionary<WaitPlace, Dictionary<SimFile, bool>> _held = [];

    /// <summary>Takes or changes a lock; false, and what was held is kept, when another one is in the way.</summary>
    public bool TryTake(WaitPlace place, SimFile owner, bool exclusive)
    {
        if (!_held.TryGetValue(place, out Dictionary<SimFile, bool>? owners)) _held[place] = owners = [];
        foreach ((SimFile other, bool theirs) in owners)
            if (other != owner && (exclusive || theirs)) return false;
        owners[owner] = exclusive;
        return true;
    }

    public void Free(WaitPlace place, SimFile owner)
    {
        if (_held.TryGetValue(place, out Dictionary<SimFile, bool>? owners)) owners.Remove(owner);
    }

    public bool IsHeldByOther(WaitPlace place, SimFile owner) =>
        _held.TryGetValue(place, out Dictionary<SimFile, bool>? owners) && owners.Keys.Any(other => other != owner);

    /// <summary>Frees everything that a description holds; returns the places.</summary>
    public List<WaitPlace> FreeAll(SimFile owner)
    {
        List<WaitPlace> places = [.. _held.Where(pair => pair.Value.Remove(owner)).Select(pair => pair.Key)];
        return places;
    }
}
