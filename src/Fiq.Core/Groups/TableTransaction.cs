using Fiq.Files;

namespace Fiq.Groups;

/// <summary>
/// One change of the table: loads see the stores staged so far, and nothing reaches shared memory before
/// <see cref="Commit"/>. Open only while its owner holds the group's lock, which every member proves.
/// </summary>
internal sealed class TableTransaction(ISharedMemory memory, string path)
{
    private readonly Dictionary<int, int> _indexOf = [];
    private readonly List<(int At, ulong Value)> _stores = [];
    private bool _open;

    /// <summary>The shared memory itself, for what is outside of transactions.</summary>
    public ISharedMemory Memory => memory;

    /// <summary>Stores that can still be staged.</summary>
    public int Room => TableLayout.RedoPairsMax - _stores.Count;

    /// <summary>The lock is held from here on.</summary>
    public void Open()
    {
        _open = true;
        Discard();
    }

    /// <summary>The lock is given up; what was not committed did not happen.</summary>
    public void Close()
    {
        Discard();
        _open = false;
    }

    public ulong Load(int at)
    {
        RequireLock();
        return _stores.Count > 0 && _indexOf.TryGetValue(at, out var index) ? _stores[index].Value : memory.Load64(at);
    }

    public void Store(int at, ulong value)
    {
        RequireLock();
        if (_indexOf.TryGetValue(at, out var index))
        {
            _stores[index] = (at, value);
            return;
        }

        if (memory.Load64(at) == value)
            return;
        if (Room == 0)
            throw new InvalidOperationException("the transaction is larger than the redo area");
        _indexOf.Add(at, _stores.Count);
        _stores.Add((at, value));
    }

    /// <summary>Does all staged stores as one.</summary>
    public void Commit()
    {
        RequireLock();
        RedoRecord.Run(memory, _stores);
        Discard();
    }

    public DamagedException Damage(int at, int length, string what) =>
        new(path, at, at + length, $"{what} of the lease table does not match its checksum");

    private void Discard()
    {
        _stores.Clear();
        _indexOf.Clear();
    }

    private void RequireLock()
    {
        if (!_open)
            throw new InvalidOperationException("the lease table is touched without the group's lock");
    }
}
