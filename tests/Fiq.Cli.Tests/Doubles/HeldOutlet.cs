using Fiq.Cli.Consume;
using Fiq.Cli.Terminal;

namespace Fiq.Cli.Tests.Doubles;

/// <summary>A pipe of a given size whose reader is the test.</summary>
internal sealed class HeldOutlet(int size = 65536) : IOutlet
{
    private readonly List<byte> _taken = [];
    private int _read;

    public bool Holds => true;

    public bool IsClosed { get; set; }

    public byte[] Taken => [.. _taken];

    public int Write(ReadOnlySpan<byte> bytes)
    {
        if (IsClosed) throw new OutputClosedException();
        int count = Math.Min(bytes.Length, size - (_taken.Count - _read));
        _taken.AddRange(bytes[..count]);
        return count;
    }

    public (long Unread, bool IsClosed) Look() => (_taken.Count - _read, IsClosed);

    public void Read(int count) => _read = Math.Min(_taken.Count, _read + count);
}
