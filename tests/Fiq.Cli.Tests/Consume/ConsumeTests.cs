using System.Text.Json;
using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumeTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task Until_empty_does_everything_and_then_nothing()
    {
        await ProduceAsync("a1:hello:0.01", "b2:x:y: z:0");
        FiqResult first = await RunAsync("consume", "q", "-w", "2", "--until-empty");
        first.ExitCode.Should().Be(0, "{0}", first);
        first.Output.Lines.Should().HaveCount(2).And.OnlyContain(line => line.StartsWith("done #"));
        first.Errors.Lines[0].Should().Be(
            "q · group default · 2 workers · 2 waiting, 0.01 s of work · Ctrl-C stops");
        first.Errors.Lines[^1].Should().StartWith("2 done in ");
        FiqResult second = await RunAsync("consume", "q", "--until-empty");
        second.ExitCode.Should().Be(0);
        second.Output.Lines.Should().BeEmpty();
        second.Errors.Lines[^1].Should().Be("0 done");
    }

    [Fact]
    public async Task With_one_worker_lines_come_in_offset_order()
    {
        await ProduceAsync([.. Enumerable.Range(0, 1000).Select(i => $"k{i}:{i}:0")]);
        FiqResult result = await RunAsync("consume", "q", "--until-empty", "--raw");
        result.Output.Lines.Should().Equal(Enumerable.Range(0, 1000).Select(i => $"{i}"));
    }

    [Fact]
    public async Task Count_leaves_the_others_where_they_are()
    {
        await ProduceAsync("a:1:0", "b:2:0", "c:3:0");
        FiqResult result = await RunAsync("consume", "q", "-w", "8", "--count", "2", "--json");
        result.ExitCode.Should().Be(0);
        result.Errors.Lines.Should().BeEmpty("with --json stderr carries errors only");
        result.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement.GetProperty("offset").GetInt64())
            .Should().BeEquivalentTo([0L, 1L]);
        (await RunAsync("consume", "q", "--until-empty", "--raw", "-q")).Output.Text.Should().Be("3\n");
    }

    [Fact]
    public async Task Another_group_gets_everything_again_from_where_it_begins()
    {
        await ProduceAsync("a:1:0", "b:2:0", "c:3:0");
        string[] consume = ["consume", "q", "--group", "audit", "--from", "1", "--until-empty", "--raw"];
        FiqResult result = await RunAsync(consume);
        result.Output.Text.Should().Be("2\n3\n");
        result.Errors.Lines[0].Should().Be("new group audit begins at #1");
        FiqResult again = await RunAsync(consume);
        again.ExitCode.Should().Be(2, "a group with progress has its place: {0}", again);
    }

    [Fact]
    public async Task A_bounded_run_makes_no_queue()
    {
        foreach (string[] bound in new string[][] { ["--until-empty"], ["--count", "1"], ["--idle", "1"] })
        {
            FiqResult result = await RunAsync(["consume", "nowhere", .. bound]);
            result.ExitCode.Should().Be(4, "{0}", result);
        }

        Directory.Exists(_store.QueuePath("nowhere")).Should().BeFalse();
    }

    [Fact]
    public async Task Idle_without_any_message_is_exit_9_and_with_one_exit_0()
    {
        await ProduceAsync("a:1:0");
        (await RunAsync("consume", "q", "--idle", "50ms")).ExitCode.Should().Be(0);
        FiqResult nothing = await RunAsync("consume", "q", "--idle", "50ms");
        nothing.ExitCode.Should().Be(9);
        nothing.Errors.Lines[^1].Should().Be("fiq: nothing came for 50ms.");
        FiqResult json = await RunAsync("consume", "q", "--idle", "50ms", "--json");
        json.Errors.Lines.Should().ContainSingle().Which.Should().Contain("\"code\":\"nothing-received\",\"exit\":9");
    }

    [Theory]
    [InlineData("--exec", "")]
    [InlineData("--exec", "no-such-command-anywhere | cat")]
    [InlineData("--tag")]
    [InlineData("--raw", "--exec", "true")]
    [InlineData("--exec", "true", "--", "true")]
    [InlineData("--")]
    [InlineData("--", "no-such-command-anywhere")]
    [InlineData("--", "/etc/passwd")]
    [InlineData("--max-attempts", "0")]
    [InlineData("--max-attempts", "1001")]
    [InlineData("--backoff", "5m..1s")]
    [InlineData("--backoff", "5m")]
    [InlineData("--rate", "100")]
    [InlineData("--rate", "0/s")]
    [InlineData("--workers", "0")]
    [InlineData("--workers", "10001")]
    [InlineData("--count", "0")]
    [InlineData("--idle", "soon")]
    [InlineData("--from", "yesterday")]
    [InlineData("--raw", "--json")]
    public async Task What_it_does_not_know_is_refused(params string[] options)
    {
        FiqResult result = await RunAsync(["consume", "q", .. options]);
        result.ExitCode.Should().Be(2, "{0}", result);
        result.Output.Lines.Should().BeEmpty();
        Directory.Exists(_store.QueuePath("q")).Should().BeFalse();
    }

    [Fact]
    public async Task Whatever_bytes_go_in_come_out()
    {
        byte[] bytes = [.. Enumerable.Range(0, 256).Select(i => (byte)i).Where(b => b != 10), 10];
        await FiqProcess.RunAsync(_store.Command("produce", "q", "--raw"), bytes);
        FiqResult result = await RunAsync("consume", "q", "--until-empty", "--raw");
        result.Output.Bytes.Should().Equal(bytes);
    }

    private Task<FiqResult> RunAsync(params string[] args) => FiqProcess.RunAsync(_store.Command(args));

    private async Task ProduceAsync(params string[] lines)
    {
        FiqResult result = await FiqProcess.RunAsync(
            _store.Command("produce", "q", "-q"), string.Join('\n', lines) + "\n");
        result.ExitCode.Should().Be(0, "{0}", result);
    }
}
