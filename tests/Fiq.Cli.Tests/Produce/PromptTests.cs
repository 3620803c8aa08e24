using System.Text;
using Fiq.Cli.Tests.Doubles;

namespace Fiq.Cli.Tests.Produce;

public sealed class PromptTests
{
    private readonly CommandLineRun _run = new();

    [Fact]
    public async Task A_person_sees_how_each_line_was_read()
    {
        await TypeAsync("a1:hello:2\nhello\n\nexit\n", "produce", "orders");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Output.Should().MatchRegex("^acked #0 a1  \"hello\"  2 s  synced in [0-9.]+ ms\n$");
        _run.Error.Should().Be(
            "new queue orders in ~/.local/share/fiq · type key:message:seconds · exit or Ctrl-D ends\n"
            + "orders> orders> not stored: no processing time (expected key:message:seconds, such as a1:hello:2)\n"
            + "orders> orders> 1 acked, 1 not stored. Next: fiq consume orders --workers 4\n");
    }

    [Fact]
    public async Task The_end_of_input_ends_it_like_exit()
    {
        await TypeAsync("a1:hello:2\n", "produce", "orders", "-q");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Output.Should().BeEmpty();
        _run.Engine.Queues["orders"].Should().ContainSingle();
    }

    [Fact]
    public async Task What_a_message_holds_can_not_reach_the_terminal()
    {
        await TypeAsync("a1:\e[2Jx:2\n", "produce", "orders");
        _run.Output.Should().Contain("\"\\x1b[2Jx\"").And.NotContain("\e[2J");
    }

    [Fact]
    public async Task A_long_message_is_shortened_to_the_width()
    {
        await TypeAsync($"a1:{new string('x', 500)}:2\n", "produce", "orders");
        _run.OutputLines[0].Length.Should().BeLessThanOrEqualTo(80);
        _run.OutputLines[0].Should().Contain("…\"  2 s  synced");
    }

    [Fact]
    public async Task A_full_disk_does_not_end_the_conversation()
    {
        _run.Engine.FailProduce = call =>
            call == 1 ? new FiqException(ErrorCode.DiskFull, "no room", "Make room.") : null;
        await TypeAsync("a:x:1\nb:x:1\n", "produce", "orders");
        _run.Error.Should().Contain("not stored: no room. Make room.\n").And.Contain("1 acked, 1 not stored.");
    }

    private async Task TypeAsync(string typed, params string[] args)
    {
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(typed));
        await _run.With("NO_COLOR", "1").RunAsync(input, args, terminal: true);
    }
}
