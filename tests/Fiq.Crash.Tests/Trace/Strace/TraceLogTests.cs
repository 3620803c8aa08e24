namespace Fiq.Crash.Tests.Trace.Strace;

public sealed class TraceLogTests
{
    [Fact]
    public void A_call_is_read_with_its_arguments_its_answer_and_its_time()
    {
        var call = Read(
            """12  1795736329.000000100 pwrite64(7, "a,)\"\0\1772\n", 8, 256) = 8 <0.000000050>""").Single();
        call.Name.Should().Be("pwrite64");
        call.Arguments.Should().HaveCount(4);
        StraceText.Bytes(call.Arguments[1]).Should().Equal("a,)\"\0\u007f2\n"u8.ToArray());
        StraceText.Number(call.Arguments[3]).Should().Be(256);
        call.Result.Should().Be(8);
        call.When.Should().Be(new Interval(1795736329_000000100, 1795736329_000000150));
    }

    [Fact]
    public void A_call_that_other_threads_interrupted_is_read_as_one()
    {
        var calls = Read(
            "1 10.000000001 fsync(5 <unfinished ...>",
            "2 10.000000002 fsync(6) = -1 EIO (Input/output error) (INJECTED) <0.000000001>",
            "1 10.000000009 <... fsync resumed>) = 0 <0.000000008>");
        calls.Select(call => (call.Arguments[0], call.Result, call.When.Start, call.When.End)).Should().Equal(
            ("6", -1, 10_000000002, 10_000000003), ("5", 0, 10_000000001, 10_000000009));
    }

    [Fact]
    public void A_call_in_which_its_process_died_has_no_answer_and_no_end()
    {
        var calls = Read(
            "1 10.000000001 fsync(5) = ?",
            "2 10.000000001 fsync(6 <unfinished ...>",
            "2 10.000000004 <... fsync resumed>) = ? <unavailable>",
            "3 10.000000003 fsync(7 <unfinished ...>",
            "4 10.000000003 ???( <detached ...>",
            "5 10.000000003 fsync(8 <detached ...>",
            "6 10.000000003 fsync(9 <unfinished ...>",
            "6 10.000000004 <... fsync resumed> <unfinished ...>) = ?",
            "1 10.000000005 +++ killed by SIGKILL +++");
        calls.Select(call => call.Arguments[0]).Should().BeEquivalentTo("5", "6", "7", "8", "9");
        calls.Should().OnlyContain(call => call.Result == null && call.When.End == Interval.Never);
    }

    [Fact]
    public void A_string_that_was_cut_short_is_not_taken_for_the_whole()
    {
        var call = Read("""1 10.000000001 write(1, "abc"..., 100) = 100 <0.000000001>""").Single();
        var read = () => StraceText.Bytes(call.Arguments[1]);
        read.Should().Throw<FormatException>();
    }

    private static IReadOnlyList<TracedCall> Read(params string[] lines) => TraceLog.Read(0, lines);
}
