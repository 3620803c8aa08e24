namespace Fiq.Simulation.Persistence;

/// <summary>
/// The bytes of a file, in blocks that are shared between copies and replaced, never changed. What was never written
/// reads as zero and takes no memory, so a thousand images of a disk cost little more than one.
/// </summary>
internal sealed class FileContent
{
    /// <summary>The unit in which the kernel writes back.</summary>
    public const int BlockSize = 4096;

    private readonly Dictionary<long, Block> _blocks;

    public FileContent()
    {
        _blocks = [];
    }

    private FileContent(FileContent other)
    {
        _blocks = new Dictionary<long, Block>(other._blocks);
        Length = other.Length;
    }

    public long Length { get; private set; }

    /// <summary>Blocks that hold something, in no order.</summary>
    public IEnumerable<long> BlockNumbers => _blocks.Keys;

    public FileContent Copy() => new(this);

    /// <summary>Reads as much as there is; returns the count.</summary>
    public int Read(Span<byte> buffer, long position)
    {
        int count = (int)Math.Clamp(Length - position, 0, buffer.Length);
        Span<byte> target = buffer[..count];
        if (_blocks.Count == 0)
        {
            target.Clear();
            return count;
        }

        for (int done = 0; done < count;)
        {
            (long block, int at) = Place(position + done);
            int length = Math.Min(BlockSize - at, count - done);
            if (_blocks.TryGetValue(block, out Block? found))
                found.Bytes.AsSpan(at, length).CopyTo(target[done..]);
            else
                target.Slice(done, length).Clear();
            done += length;
        }

        return count;
    }

    /// <summary>Writes, and makes the file longer when it ends before.</summary>
    public void Write(ReadOnlySpan<byte> bytes, long position)
    {
        Patch(bytes, position);
        Length = Math.Max(Length, position + bytes.Length);
    }

    /// <summary>Writes without a change of length: what lies behind the end is seen once the file is longer.</summary>
    public void Patch(ReadOnlySpan<byte> bytes, long position)
    {
        for (int done = 0; done < bytes.Length;)
        {
            (long block, int at) = Place(position + done);
            int length = Math.Min(BlockSize - at, bytes.Length - done);
            PatchBlock(block, at, bytes.Slice(done, length));
            done += length;
        }
    }

    /// <summary>Replaces a block by one of another moment; null for zeros.</summary>
    public void Put(long number, Block? block)
    {
        if (block is null) _blocks.Remove(number);
        else _blocks[number] = block;
    }

    /// <summary>The block as it is now; null when it is all zeros.</summary>
    public Block? At(long number) => _blocks.GetValueOrDefault(number);

    /// <summary>Cuts or extends.</summary>
    public void SetLength(long length)
    {
        if (length < Length) Forget(length);
        Length = length;
    }

    /// <summary>Drops what lies behind the end: a crash leaves nothing there.</summary>
    public void ForgetBehindEnd() => Forget(Length);

    /// <summary>The first position at or behind this one that may hold data; null when there is none.</summary>
    public long? FindData(long position)
    {
        if (position >= Length) return null;
        long first = position / BlockSize;
        long best = long.MaxValue;
        foreach (long block in _blocks.Keys)
            if (block >= first && block < best) best = block;
        return best == long.MaxValue || best * BlockSize >= Length ? null : Math.Max(position, best * BlockSize);
    }

    /// <summary>Equal for equal bytes.</summary>
    public ulong Hash()
    {
        ulong sum = (ulong)Length * 0x9E37_79B9_7F4A_7C15;
        foreach ((long number, Block block) in _blocks)
            sum += Mixing.Mix(block.Hash + (ulong)number);
        return sum;
    }

    private void PatchBlock(long number, int at, ReadOnlySpan<byte> bytes)
    {
        Block? before = _blocks.GetValueOrDefault(number);
        bool isZero = !bytes.ContainsAnyExcept((byte)0);
        if (before is null && isZero) return;
        byte[] after = before is null ? new byte[BlockSize] : [.. before.Bytes];
        bytes.CopyTo(after.AsSpan(at));
        Put(number, !isZero || after.AsSpan().ContainsAnyExcept((byte)0) ? new Block(after) : null);
    }

    private void Forget(long from)
    {
        (long block, int at) = Place(from);
        foreach (long number in _blocks.Keys.Where(number => number > block || (number == block && at == 0)).ToList())
            _blocks.Remove(number);
        if (at > 0 && _blocks.ContainsKey(block)) PatchBlock(block, at, new byte[BlockSize - at]);
    }

    private static (long Block, int At) Place(long position) =>
        (position / BlockSize, (int)(position % BlockSize));
}

/// <summary>4096 bytes, not all zero, that never change.</summary>
internal sealed class Block(byte[] bytes)
{
    private ulong _hash;

    public byte[] Bytes { get; } = bytes;

    public ulong Hash => _hash != 0 ? _hash : _hash = Mixing.HashOf(Bytes);
}
