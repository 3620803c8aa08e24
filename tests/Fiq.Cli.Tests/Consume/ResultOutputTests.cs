using System.Text;
using Fiq.Cli.Consume;
using Fiq.Cli.Tests.Doubles;
using Fiq.Workers;

namespace Fiq.Cli.Tests.Consume;

public sealed class ResultOutputTests
{
    private readonly ManualClock _clock = new();

    [Fact]
    public async Task A_line_has_arrived_when_the_reader_has_taken_its_last_byte()
    {
        var pipe = new HeldOutlet();
        ResultOutput output = Output(pipe, "one", "two");
        (await FlushAsync(output)).Should().Be(new WriterProgress(0, false));
        pipe.Read("one\n".Length - 1);
        (await FlushAsync(output)).Arrived.Should().Be(0);
        pipe.Read(1);
        (await FlushAsync(output)).Arrived.Should().Be(1);
        pipe.Read(100);
        (await FlushAsync(output)).Arrived.Should().Be(2);
    }

    [Fact]
    public async Task A_line_unread_for_a_second_has_arrived_while_the_reader_is_there()
    {
        var pipe = new HeldOutlet();
        ResultOutput output = Output(pipe, "one");
        await FlushAsync(output);
        _clock.Advance(ResultOutput.UnreadMax - TimeSpan.FromMilliseconds(1));
        (await FlushAsync(output)).Arrived.Should().Be(0);
        _clock.Advance(TimeSpan.FromMilliseconds(1));
        (await FlushAsync(output)).Arrived.Should().Be(1);
    }

    [Fact]
    public async Task What_is_unread_when_the_reader_goes_never_arrives()
    {
        var pipe = new HeldOutlet();
        ResultOutput output = Output(pipe, "one", "two");
        await FlushAsync(output);
        pipe.Read("one\ntw".Length);
        pipe.IsClosed = true;
        _clock.Advance(TimeSpan.FromHours(1));
        (await FlushAsync(output)).Should().Be(new WriterProgress(1, true));
    }

    [Fact]
    public async Task What_does_not_fit_waits_without_blocking_and_in_order()
    {
        var pipe = new HeldOutlet(size: 6);
        ResultOutput output = Output(pipe, "one", "two", "three");
        (await FlushAsync(output)).Arrived.Should().Be(0);
        Encoding.UTF8.GetString(pipe.Taken).Should().Be("one\ntw");
        for (int i = 0; i < 5; i++)
        {
            pipe.Read(6);
            await FlushAsync(output);
        }

        Encoding.UTF8.GetString(pipe.Taken).Should().Be("one\ntwo\nthree\n");
        (await FlushAsync(output)).Arrived.Should().Be(3);
    }

    [Fact]
    public async Task A_line_in_our_own_buffer_does_not_age()
    {
        var pipe = new HeldOutlet(size: 4);
        ResultOutput output = Output(pipe, "one", "two");
        await FlushAsync(output);
        _clock.Advance(TimeSpan.FromMinutes(1));
        (await FlushAsync(output)).Arrived.Should().Be(1, "only the first was ever in the pipe");
    }

    [Fact]
    public async Task A_file_has_what_was_written()
    {
        using var file = new MemoryStream();
        var outlet = new StreamOutlet(new Fiq.Cli.Terminal.ByteOutput(file));
        ResultOutput output = Output(outlet, "one", "two");
        (await FlushAsync(output)).Should().Be(new WriterProgress(2, false));
        Encoding.UTF8.GetString(file.ToArray()).Should().Be("one\ntwo\n");
    }

    [Fact]
    public void On_a_terminal_each_line_is_written_on_its_own()
    {
        var output = new ResultOutput(new RawResult(), new HeldOutlet(), byLine: true, _clock);
        output.IsFull.Should().BeFalse();
        output.Write(Results.Of("x"));
        output.IsFull.Should().BeTrue();
    }

    [Fact]
    public async Task A_body_larger_than_every_buffer_goes_through()
    {
        var pipe = new HeldOutlet(size: int.MaxValue);
        ResultOutput output = Output(pipe, new string('x', 3_000_000), "y");
        pipe.Read(0);
        await FlushAsync(output);
        pipe.Read(int.MaxValue / 2);
        (await FlushAsync(output)).Arrived.Should().Be(2);
        pipe.Taken.Length.Should().Be(3_000_003);
    }

    private static async Task<WriterProgress> FlushAsync(ResultOutput output) =>
        await output.FlushAsync(CancellationToken.None);

    private ResultOutput Output(IOutlet outlet, params string[] bodies)
    {
        var output = new ResultOutput(new RawResult(), outlet, byLine: false, _clock);
        foreach (string body in bodies) output.Write(Results.Of(body));
        return output;
    }
}
