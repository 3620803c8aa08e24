using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Strangers;

/// <summary>
/// Somebody tidied up by hand. What was durable and is missing is named, nothing is changed, and once it is undone all
/// is there.
/// </summary>
public sealed class OperatorDamageTests : IDisposable
{
    private const int DamageFound = 7;

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    public static TheoryData<string, string> Damages => new()
    {
        { "the first segment is moved away", "their segments are missing" },
        { "a segment in the middle is moved away", "is missing" },
        { "the last segment is moved away", "was durable and is not there" },
        { "a segment in the middle is cut", "00000002-" },
        { "the last segment is cut", "00000003-" },
        { "an ordinal is there twice", "has the same ordinal" },
        { "a segment of another queue follows", "00000004-" },
    };

    [Theory]
    [MemberData(nameof(Damages))]
    public async Task What_an_operator_took_away_or_put_in_is_named_and_once_undone_everything_is_there(
        string damage, string named)
    {
        await FillAsync();
        var undo = Damage(damage);
        var before = Snapshot();
        var consumed = await FiqProcess.RunAsync(_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty", "--json"));
        consumed.ExitCode.Should().Be(DamageFound, "{0}", consumed);
        consumed.Errors.Text.Should().Contain(named).And.Contain(_queue.Folder);
        Snapshot().Should().Equal(before, "evidence is not touched");
        undo();
        await _queue.ShouldHaveEverythingAsync(Printed.In(consumed.Output));
    }

    [Theory]
    [InlineData("00000004-00000000000000000006.log", "")]
    [InlineData("00000002-00000000000000000002.log.bak", "a copy")]
    [InlineData("2-2.log", "not our name")]
    [InlineData("00000001-00000000000000000000.LOG", "not our name")]
    public async Task An_empty_file_with_a_segments_name_and_foreign_names_harm_nothing(string name, string content)
    {
        await FillAsync();
        var foreign = Path.Combine(_queue.Folder, name);
        await File.WriteAllTextAsync(foreign, content);
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("after")));
        await _queue.StoreAsync(("roll-a", new string('r', 400_000)), ("roll-b", new string('s', 400_000)));
        await _queue.ShouldHaveEverythingAsync();
        if (content.Length > 0)
        {
            (await File.ReadAllTextAsync(foreign)).Should().Be(content);
        }
    }

    /// <summary>Three segments of two messages each.</summary>
    private async Task FillAsync()
    {
        await _queue.CreateAsync();
        foreach (var segment in new[] { "a", "b", "c" })
        {
            await _queue.StoreAsync(
                ($"{segment}-0", new string('0', 400_000)), ($"{segment}-1", new string('1', 400_000)));
        }

        _queue.Segments.Should().HaveCount(3);
    }

    /// <summary>Does it, and returns how to undo it.</summary>
    private Action Damage(string what) => what switch
    {
        "the first segment is moved away" => MoveAway(_queue.Segments[0]),
        "a segment in the middle is moved away" => MoveAway(_queue.Segments[1]),
        "the last segment is moved away" => MoveAway(_queue.Segments[2]),
        "a segment in the middle is cut" => Cut(_queue.Segments[1]),
        "the last segment is cut" => Cut(_queue.Segments[2]),
        "an ordinal is there twice" => PutIn(_queue.Segments[1], "00000002-00000000000000000003.log"),
        _ => PutIn(OtherSegment(), "00000004-00000000000000000006.log"),
    };

    private Action MoveAway(string path)
    {
        var away = Path.Combine(_queue.Store.Path, Path.GetFileName(path));
        File.Move(path, away);
        return () => File.Move(away, path);
    }

    private static Action Cut(string path)
    {
        var whole = File.ReadAllBytes(path);
        using (var file = new FileStream(path, FileMode.Open))
        {
            file.SetLength(500_000);
        }

        return () =>
        {
            using var file = new FileStream(path, FileMode.Open);
            file.Write(whole);
        };
    }

    private Action PutIn(string segment, string name)
    {
        var path = Path.Combine(_queue.Folder, name);
        File.Copy(segment, path);
        return () => File.Delete(path);
    }

    private string OtherSegment()
    {
        new OpenQueue(_queue.Store.Path, "other").CreateAsync().GetAwaiter().GetResult();
        return Directory.EnumerateFiles(_queue.Store.QueuePath("other"), "*.log").Single();
    }

    /// <summary>All but the first segment: that one may be deleted once it has been read.</summary>
    private Dictionary<string, long> Snapshot() => _queue.Segments
        .Where(path => !Path.GetFileName(path).StartsWith("00000001", StringComparison.Ordinal))
        .ToDictionary(path => path, path => new FileInfo(path).Length);
}
