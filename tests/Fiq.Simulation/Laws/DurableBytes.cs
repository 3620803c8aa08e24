using Fiq.Simulation.Facts;
using Fiq.Simulation.Persistence;
using Fiq.Simulation.Scenarios;

namespace Fiq.Simulation.Laws;

/// <summary>
/// I12: a byte of a segment that somebody was told is durable never changes again, neither by a write nor by a cut.
/// </summary>
internal sealed class DurableBytes
{
    // By inode: a segment's name may be given once more, when the queue is deleted and made again.
    private readonly Dictionary<long, long> _ends = [];

    /// <summary>Learns how far a segment is durable.</summary>
    public void Learn(Covered covered, DiskImage disk)
    {
        if (!disk.Entries(DiskImage.Root).TryGetValue(Opened.Name.ToString(), out long queue)) return;
        if (!disk.Entries(queue).TryGetValue(covered.Segment, out long segment)) return;
        _ends[segment] = Math.Max(covered.Position, _ends.GetValueOrDefault(segment));
    }

    /// <summary>Looks at what happens next.</summary>
    /// <param name="next">Not yet done.</param>
    /// <param name="disk">As it is before.</param>
    /// <exception cref="LawBrokenException">It changes what was durable.</exception>
    public void Check(DiskEvent next, DiskImage disk)
    {
        switch (next)
        {
            case Written written when written.Position < _ends.GetValueOrDefault(written.Inode):
                long end = Math.Min(_ends[written.Inode], written.Position + written.Bytes.Length);
                byte[] before = new byte[end - written.Position];
                disk.File(written.Inode).Read(before, written.Position);
                LawBrokenException.Unless(
                    written.Bytes.Span.StartsWith(before), "I12",
                    $"bytes {written.Position}..{end - 1} of inode {written.Inode} were durable and are written anew");
                break;
            case Resized resized when resized.Length < _ends.GetValueOrDefault(resized.Inode):
                LawBrokenException.Unless(
                    false, "I12",
                    $"inode {resized.Inode} was durable to {_ends[resized.Inode]} and is cut to {resized.Length}");
                break;
            default: break;
        }
    }
}
