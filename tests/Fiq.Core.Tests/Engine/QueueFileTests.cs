using Fiq.Engine;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Engine;

public sealed class QueueFileTests : IDisposable
{
    private static readonly QueueLimits All = new()
    {
        MessagesMax = 1000,
        BytesMax = 1L << 30,
        MessageBytesMax = 65_536,
        FreeBytesMin = 12_345,
        Keep = new Retention(RetentionKind.Age, 36 * 3600),
        Lagging = LaggingPolicy.DropOldest,
    };

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
        QueueFile.Read(_folder.Folder).Settings.Should().Be(
            new QueueSettings { Limits = new QueueLimits { MessageBytesMax = Message.BodySizeMax } });
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

    [Fact]
    public void Settings_are_read_as_they_were_written_and_what_is_not_stated_stays_so()
    {
        foreach (QueueLimits limits in new[]
            {
                QueueLimits.None, All, new QueueLimits { MessagesMax = 0, Keep = Retention.Forever },
                new QueueLimits { Keep = new Retention(RetentionKind.Size, 10L << 30) },
            })
        {
            QueueFile file = new(7, new QueueSettings { Limits = limits }) { IsPaused = limits.MessagesMax > 0 };
            file.Replace(_folder.Folder);
            QueueFile.Read(_folder.Folder).Should().Be(file);
        }
    }

    [Fact]
    public void A_file_from_before_there_were_limits_is_what_it_was()
    {
        // The checksum is the one that was written then.
        File.WriteAllText(
            _folder.PathOf(QueueFile.Name),
            """
            {"format": 1, "id": "00000000000000ff", "maxMessageBytes": 16777216, "segmentBytes": 67108864,
             "crc": "37bb1ee7"}
            """);
        QueueFile file = QueueFile.Read(_folder.Folder);
        file.Id.Should().Be(255);
        file.IsPaused.Should().BeFalse();
        file.Settings.Limits.Should().Be(new QueueLimits { MessageBytesMax = Message.BodySizeMax });
    }

    [Fact]
    public void Every_flipped_bit_of_the_limits_is_named_or_changes_nothing()
    {
        QueueFile file = new(7, new QueueSettings { Limits = All }) { IsPaused = true };
        file.Replace(_folder.Folder);
        byte[] bytes = File.ReadAllBytes(_folder.PathOf(QueueFile.Name));
        for (int bit = 0; bit < bytes.Length * 8; bit++)
        {
            byte[] flipped = [.. bytes];
            flipped[bit / 8] ^= (byte)(1 << (bit % 8));
            File.WriteAllBytes(_folder.PathOf(QueueFile.Name), flipped);
            try
            {
                QueueFile.Read(_folder.Folder).Should().Be(file);
            }
            catch (FiqException error)
            {
                error.Code.Should().BeOneOf(ErrorCode.Damaged, ErrorCode.Unsupported);
            }
        }
    }

    [Theory]
    [InlineData("""{ "maxMesages": 3 }""", "maxMesages", "maxMessages")]
    [InlineData("""{ "maxMessages": -1 }""", "maxMessages \"-1\"", "whole number")]
    [InlineData("""{ "maxBytes": "1KiB" }""", "maxBytes \"1KiB\"", "1MiB")]
    [InlineData("""{ "keep": 7 }""", "keep \"7\"", "7d")]
    [InlineData("""{ "lagging": "drop" }""", "lagging \"drop\"", "drop-oldest")]
    [InlineData("""{ "maxMessageBytes": "17MiB" }""", "maxMessageBytes \"17MiB\"", "16MiB")]
    [InlineData("""{ "minFreeBytes": true }""", "minFreeBytes \"true\"", "64MiB")]
    [InlineData("[]", "not a JSON object", "maxBytes")]
    [InlineData("{\n\"keep\"", "line 2", "keep")]
    public void What_is_wrong_in_the_stores_settings_is_named_with_what_is_expected(
        string text, string wrong, string expected)
    {
        File.WriteAllText(_folder.PathOf(StoreConfig.Name), text);
        Action read = () => StoreConfig.Read(_folder.Folder);
        FiqException error = read.Should().Throw<FiqException>().Which;
        error.Code.Should().Be(ErrorCode.BadRequest);
        error.Message.Should().Contain(StoreConfig.Name).And.Contain(wrong);
        error.Hint.Should().Contain(expected);
    }

    [Fact]
    public void The_stores_settings_may_have_comments_and_sizes_as_people_write_them()
    {
        StoreConfig.Read(_folder.Folder).Should().Be(QueueLimits.None);
        File.WriteAllText(
            _folder.PathOf(StoreConfig.Name),
            """{ /* why */ "maxBytes": "1GiB", "keep": "36h", "lagging": "refuse", "maxMessages": 10, }""");
        StoreConfig.Read(_folder.Folder).Should().Be(new QueueLimits
        {
            BytesMax = 1L << 30,
            Keep = new Retention(RetentionKind.Age, 36 * 3600),
            Lagging = LaggingPolicy.Refuse,
            MessagesMax = 10,
        });
    }
}
