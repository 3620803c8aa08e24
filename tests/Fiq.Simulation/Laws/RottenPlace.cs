using Fiq.Engine;
using Fiq.Files;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;
using Fiq.Simulation.Scenarios;
using Fiq.Storage;
using Fiq.Storage.Inspection;

namespace Fiq.Simulation.Laws;

/// <summary>The one file in which a disk differs from what it was, and what lay there.</summary>
internal sealed class RottenPlace
{
    private readonly DiskImage _sound;
    private readonly string _path;
    private readonly FileContent _spoilt;
    private readonly long _from;
    private readonly long _to;

    /// <param name="sound">The disk before.</param>
    /// <param name="disk">The same disk with one place of one file changed.</param>
    public RottenPlace(DiskImage sound, DiskImage disk)
    {
        (_sound, Disk) = (sound, disk);
        Dictionary<string, FileContent> before =
            sound.FilesByPath().ToDictionary(file => file.Path, file => file.Content);
        (_path, _spoilt) = disk.FilesByPath().First(file => file.Content.Hash() != before[file.Path].Hash());
        byte[] now = BytesOf(_spoilt);
        byte[] then = BytesOf(before[_path]);
        _from = now.AsSpan().CommonPrefixLength(then);
        _to = now.Length;
        while (_to > _from && now[_to - 1] == then[_to - 1]) _to--;
    }

    /// <summary>The disk as it is.</summary>
    public DiskImage Disk { get; }

    /// <summary>Whether it is the file that says which queue this is.</summary>
    public bool IsOfSettings => _path.EndsWith("/" + QueueFile.Name, StringComparison.Ordinal);

    /// <summary>Whether the spoilt file is still there, byte for byte, under whatever name.</summary>
    public bool IsKeptOn(DiskImage disk) => disk.FilesByPath().Any(file => file.Content.Hash() == _spoilt.Hash());

    /// <summary>
    /// The messages that may be lost: those whose batch touches the place, and those of the batch before, which goes
    /// along where too little room is left to say that something is lost. All of a segment whose header is touched.
    /// </summary>
    public IReadOnlySet<long> Touched()
    {
        var offsets = new HashSet<long>();
        SimProcess process = new SimMachine(_sound, Workload.Boot, new Random(0)).Start("who looks at what it was");
        using IDirectory store = process.Files.OpenDirectory("/");
        using IDirectory? folder = store.TryOpenDirectory(Opened.Name.ToString());
        if (folder is null) return offsets;
        foreach (SegmentName name in SegmentList.Read(folder).Where(name => _path == $"{Opened.Name}/{name}"))
        {
            ulong id = QueueFile.Read(folder).Id;
            using SegmentFile segment = SegmentFile.TryOpen(folder, name, id, writable: false)!;
            BatchHeader before = default;
            foreach (SegmentPiece piece in SegmentPieces.Of(segment, SegmentLimit.Proven(0)))
            {
                BatchHeader batch = piece.Batch;
                bool isTouched = batch.Position < _to && batch.EndPosition > _from;
                if (isTouched || _from < SegmentHeader.Size)
                    offsets.UnionWith(OffsetsOf(before).Concat(OffsetsOf(batch)));
                before = batch;
            }
        }

        return offsets;
    }

    private static IEnumerable<long> OffsetsOf(in BatchHeader batch) =>
        Inspection.Range(batch.BaseOffset, batch.EndOffset);

    private static byte[] BytesOf(FileContent content)
    {
        byte[] bytes = new byte[content.Length];
        content.Read(bytes, 0);
        return bytes;
    }
}
