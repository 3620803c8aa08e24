namespace Fiq.Simulation.Persistence;

/// <summary>
/// The smallest part of an operation that reaches the disk or does not. Atoms of one inode that are both there apply
/// in the order in which they were issued.
/// </summary>
/// <param name="inode">The file, or the directory, it belongs to.</param>
/// <param name="at">The number of the event that issued it.</param>
internal abstract class Atom(long inode, int at)
{
    public long Inode { get; } = inode;

    public int At { get; } = at;

    /// <summary>A sync has promised it.</summary>
    public bool IsDurable { get; set; }

    /// <summary>
    /// It was covered by a sync that failed: no later sync of its inode says anything about it.
    /// </summary>
    public bool IsForsaken { get; set; }
}

/// <summary>A part of a write that lies within one block.</summary>
internal sealed class BytesAtom(long inode, int at, long position, ReadOnlyMemory<byte> bytes) : Atom(inode, at)
{
    public long Position { get; } = position;

    public ReadOnlyMemory<byte> Bytes { get; } = bytes;
}

/// <summary>The file became longer. Without it what was written behind the old end is not seen.</summary>
internal sealed class LengthAtom(long inode, int at, long length) : Atom(inode, at)
{
    public long Length { get; } = length;
}

/// <summary>The file was cut.</summary>
internal sealed class CutAtom(long inode, int at, long length) : Atom(inode, at)
{
    public long Length { get; } = length;
}

/// <summary>A name appeared in a directory.</summary>
internal sealed class AddAtom(long directory, int at, string name, long child) : Atom(directory, at)
{
    public string Name { get; } = name;

    public long Child { get; } = child;
}

/// <summary>A name disappeared.</summary>
internal sealed class RemoveAtom(long directory, int at, string name) : Atom(directory, at)
{
    public string Name { get; } = name;
}

/// <summary>A name became another in one step.</summary>
internal sealed class RenameAtom(long directory, int at, string from, string to, long child) : Atom(directory, at)
{
    public string From { get; } = from;

    public string To { get; } = to;

    public long Child { get; } = child;
}
