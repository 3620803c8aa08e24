using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Consume;

public sealed class ConsumePipeTests : IDisposable
{
    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task What_the_reader_has_not_read_when_it_goes_comes_again()
    {
        // The reader takes one line of the first two and goes before the third is done.
        await BashAsync("seq 1 5 | sed 's/.*/k&:&:0.2/' | fiq produce q -q");
        FiqResult first = await BashAsync("fiq consume q --raw | head -1; echo ${PIPESTATUS[0]}");
        first.Output.Lines.Should().Equal("1", "141");
        FiqResult rest = await BashAsync("fiq consume q --raw --until-empty");
        rest.Output.Lines.Should().Equal("2", "3", "4", "5");
    }

    [Fact]
    public async Task Lines_in_a_pipe_that_nobody_read_come_again()
    {
        await BashAsync("seq 1 3 | sed 's/.*/k&:&:0/' | fiq produce q -q");
        // Opens the pipe, reads nothing, and goes within the second in which unread lines are not settled.
        FiqResult first = await BashAsync("fiq consume q --raw | sleep 0.7; echo ${PIPESTATUS[0]}");
        first.Output.Lines.Should().Equal("141");
        FiqResult rest = await BashAsync("fiq consume q --raw --until-empty");
        rest.Output.Lines.Should().Equal("1", "2", "3");
    }

    [Fact]
    public async Task A_reader_that_pauses_does_not_hold_up_settling_for_ever()
    {
        await BashAsync("seq 1 3 | sed 's/.*/k&:&:0/' | fiq produce q -q");
        FiqResult result = await BashAsync(
            "fiq consume q --raw --until-empty | (sleep 3; cat); echo ${PIPESTATUS[0]}; fiq consume q --until-empty");
        result.Output.Lines.Should().Equal("1", "2", "3", "0");
    }

    [Fact]
    public async Task A_pipe_closed_from_the_start_takes_no_message()
    {
        await BashAsync("fiq produce q -q a1:hello:0");
        FiqResult closed = await BashAsync("fiq consume q | true; echo ${PIPESTATUS[0]}");
        closed.Output.Lines.Should().Equal("141");
        FiqResult later = await BashAsync("fiq consume q --raw --until-empty");
        later.Output.Lines.Should().Equal("hello");
    }

    [Fact]
    public async Task Without_stdout_it_takes_no_message()
    {
        await BashAsync("fiq produce q -q a1:hello:0");
        FiqResult closed = await BashAsync("fiq consume q --until-empty >&-; echo $?");
        closed.Output.Lines.Should().Equal("141");
        (await BashAsync("fiq consume q --raw --until-empty <&-")).Output.Lines.Should().Equal("hello");
    }

    [Fact]
    public async Task A_last_line_exit_without_an_end_counts()
    {
        FiqResult result = await BashAsync("printf exit | fiq consume q; echo $?");
        result.Output.Lines.Should().Equal("0");
    }

    [Fact]
    public async Task An_idle_consumer_sees_that_its_reader_has_gone()
    {
        FiqResult result = await BashAsync("fiq consume q | true; echo ${PIPESTATUS[0]}");
        result.Output.Lines.Should().Equal("141");
    }

    [Fact]
    public async Task More_than_a_pipe_holds_goes_through_a_slow_reader_once()
    {
        await BashAsync("seq 1 20000 | sed 's/.*/k&:message number &:0/' | fiq produce q -q");
        FiqResult result = await BashAsync(
            "fiq consume q -w 8 --raw --until-empty | (sleep 0.3; cat) | sort | uniq | wc -l");
        result.Output.Lines.Should().Equal("20000");
        (await BashAsync("fiq consume q --until-empty")).Output.Lines.Should().BeEmpty();
    }

    [Fact]
    public async Task A_stop_hands_back_while_the_reader_is_stuck()
    {
        await BashAsync("seq 1 20000 | sed 's/.*/k&:message number &:0/' | fiq produce q -q");
        FiqResult stuck = await BashAsync(
            "fiq consume q --raw --grace 200ms > >(exec sleep 20 >&- 2>&-) & "
            + "until fiq queue show q --json | grep -q '\"pid\"'; do sleep 0.05; done; sleep 0.5; "
            + "kill -TERM $!; wait $!; echo $?");
        stuck.Output.Lines.Should().Equal("0");
        FiqResult rest = await BashAsync("fiq consume q --raw -q --until-empty | wc -l");
        int.Parse(rest.Output.Lines[0], System.Globalization.CultureInfo.InvariantCulture).Should().BePositive();
    }

    [Fact]
    public async Task A_full_disk_behind_stdout_settles_nothing()
    {
        await BashAsync("fiq produce q -q a1:hello:0");
        FiqResult full = await BashAsync("fiq consume q --until-empty > /dev/full");
        full.ExitCode.Should().Be(1, "{0}", full);
        full.Errors.Lines[^1].Should().Contain("No space left");
        (await BashAsync("fiq consume q --raw --until-empty")).Output.Lines.Should().Equal("hello");
    }

    private Task<FiqResult> BashAsync(string script) => FiqProcess.RunAsync(Scripts.Bash(_store, script));
}
