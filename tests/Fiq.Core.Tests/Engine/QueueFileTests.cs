using Fiq.Engine;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Engine;

public sealed class QueueFileTests : IDisposable
{
    private readonly LogFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void What_is_not_set_leaves_no_trace_so_older_files_stay_right()
    {
        File.WriteAllText(
            Path.Join(_folder.Path, "queue.json"),
            """
            {"format":1,"id":"00000000000000ab","maxMessageBytes":16777216,"segmentBytes":67108864,"crc":"5c4506aa"}
            """);
        QueueFile.Read(_folder.Folder).Settings.Should().Be(new QueueSettings());
    }

    [Theory]
    [InlineData(3_600_000_000, 0)]
    [InlineData(0, 1000)]
    public void A_window_of_unique_keys_is_kept_and_its_digits_are_checked(long microseconds, long messages)
    {
        var settings = new QueueSettings { UniqueKeys = new UniqueKeyWindow(microseconds, messages) };
        new QueueFile(7, settings).Create(_folder.Folder);
        QueueFile.Read(_folder.Folder).Settings.Should().Be(settings);
        string path = Path.Join(_folder.Path, "queue.json");
        File.WriteAllText(path, File.ReadAllText(path).Replace("000", "001", StringComparison.Ordinal));
        Action read = () => QueueFile.Read(_folder.Folder);
        read.Should().Throw<DamagedException>();
    }
}
