using System.Buffers.Binary;
using System.Numerics;
using System.Text;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>A segment file, changed as by a stranger. Knows two places of the format and none of its code.</summary>
internal sealed class SegmentOnDisk
{
    private const int VersionAt = 8;
    private const int HeaderCrcAt = 252;
    private readonly byte[] _bytes;

    private SegmentOnDisk(string path)
    {
        Path = path;
        _bytes = File.ReadAllBytes(path);
    }

    public string Path { get; }

    public string Name => System.IO.Path.GetFileName(Path);

    /// <summary>The first segment of a queue that has only one.</summary>
    public static SegmentOnDisk In(string queuePath)
    {
        return new SegmentOnDisk(Directory.EnumerateFiles(queuePath, "*.log").Single());
    }

    public bool IsAsItWas() => File.ReadAllBytes(Path).AsSpan().SequenceEqual(_bytes);

    /// <summary>Flips one bit inside a body that is stored in it.</summary>
    public void FlipABitIn(string body)
    {
        _bytes[PositionOf(body)] ^= 1;
        Write();
    }

    /// <summary>Says in its header that a later fiq wrote it.</summary>
    public void ClaimANewerFormat()
    {
        var header = _bytes.AsSpan(0, HeaderCrcAt);
        var version = BinaryPrimitives.ReadUInt32LittleEndian(header[VersionAt..]);
        BinaryPrimitives.WriteUInt32LittleEndian(header[VersionAt..], version + 1);
        BinaryPrimitives.WriteUInt32LittleEndian(_bytes.AsSpan(HeaderCrcAt), Crc32C(header));
        Write();
    }

    private int PositionOf(string body)
    {
        var position = _bytes.AsSpan().IndexOf(Encoding.UTF8.GetBytes(body));
        position.Should().BePositive("the body is stored as it is");
        return position;
    }

    private void Write() => File.WriteAllBytes(Path, _bytes);

    private static uint Crc32C(ReadOnlySpan<byte> bytes)
    {
        var crc = uint.MaxValue;
        foreach (var each in bytes)
        {
            crc = BitOperations.Crc32C(crc, each);
        }

        return ~crc;
    }
}
