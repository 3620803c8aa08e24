using System.Text;
using Fiq.Cli.Exec;

namespace Fiq.Cli.Tests.Exec;

public sealed class LineMergerTests : IDisposable
{
    private readonly Sink _sink = new();
    private readonly LineMerger _merger;

    public LineMergerTests() => _merger = new LineMerger(_sink.Write, "test");

    public void Dispose() => _merger.Dispose();

    [Fact]
    public async Task Lines_of_many_sources_stay_whole_wherever_they_were_cut()
    {
        await Parallel.ForAsync(0, 8, (source, _) =>
        {
            var random = new Random(source);
            ChildLines lines = Lines();
            byte[] text = Encoding.ASCII.GetBytes(string.Concat(
                Enumerable.Range(0, 500).Select(n => $"{source} {n} {new string('x', random.Next(300))}.\n")));
            for (int at = 0; at < text.Length;)
            {
                int count = Math.Min(1 + random.Next(700), text.Length - at);
                lines.Add(text.AsSpan(at, count));
                at += count;
            }

            lines.End();
            return ValueTask.CompletedTask;
        });
        string[] all = await LinesAsync();
        all.Should().HaveCount(8 * 500).And.OnlyContain(line => line.EndsWith('.'));
        for (int source = 0; source < 8; source++)
            all.Where(line => line.StartsWith($"{source} ", StringComparison.Ordinal))
                .Select(line => line.Split(' ')[1]).Should().Equal(Enumerable.Range(0, 500).Select(n => $"{n}"));
    }

    [Fact]
    public async Task A_last_line_without_an_end_gets_one_and_nothing_gets_none()
    {
        ChildLines lines = Lines();
        Add(lines, "one\ntwo");
        lines.End();
        Lines().End();
        (await TextAsync()).Should().Be("one\ntwo\n");
    }

    [Fact]
    public async Task Each_line_has_its_tag()
    {
        ChildLines lines = Lines("a1\t");
        Add(lines, "one\n\ntw");
        Add(lines, "o\nthree");
        lines.End();
        (await TextAsync()).Should().Be("a1\tone\na1\t\na1\ttwo\na1\tthree\n");
    }

    [Fact]
    public async Task A_line_too_long_to_hold_is_passed_on_as_it_comes_and_other_lines_wait_behind_it()
    {
        string half = new('x', ChildLines.HeldMax + 1);
        ChildLines large = Lines("a1\t");
        ChildLines small = Lines();
        Add(large, half);
        Add(small, "small\n");
        (await TextAsync()).Should().Be("a1\t" + half);
        Add(large, half);
        Add(large, "\nnext\n");
        (await TextAsync()).Should().Be($"a1\t{half}{half}\nsmall\na1\tnext\n");
    }

    [Fact]
    public async Task Of_two_long_lines_one_waits_for_the_other_and_is_not_read_on()
    {
        string half = new('x', ChildLines.HeldMax + 1);
        ChildLines first = Lines();
        ChildLines second = Lines();
        Add(first, half);
        Add(second, half);
        first.MayRead.Should().BeTrue();
        second.MayRead.Should().BeFalse();
        first.End();
        second.MayRead.Should().BeTrue("it owns the output now");
        second.End();
        (await TextAsync()).Should().Be($"{half}\n{half}\n");
    }

    [Fact]
    public async Task While_the_reader_pauses_nobody_waits_and_sources_are_not_read_on()
    {
        _sink.Pause();
        ChildLines lines = Lines();
        int written = 0;
        while (lines.MayRead)
        {
            Add(lines, new string('x', 999) + "\n");
            written += 1000;
        }

        written.Should().BeLessThan(1_000_000);
        _merger.HasRoom.Should().BeFalse();
        var room = new TaskCompletionSource();
        _merger.RoomMade += () => room.TrySetResult();
        _sink.ReadOn();
        await room.Task;
        (await TextAsync()).Should().HaveLength(written);
        lines.MayRead.Should().BeTrue();
    }

    [Fact]
    public async Task When_the_reader_goes_it_is_said_once_and_nothing_waits_any_more()
    {
        int said = 0;
        var closed = new TaskCompletionSource();
        _merger.Closed += () =>
        {
            said++;
            closed.TrySetResult();
        };
        _sink.HasGone = true;
        ChildLines lines = Lines();
        Add(lines, "one\n");
        await closed.Task;
        _merger.ReaderGone();
        for (int i = 0; i < 1_000; i++) Add(lines, new string('x', 999) + "\n");
        await _merger.DrainAsync();
        (said, _merger.IsClosed, lines.MayRead).Should().Be((1, true, true));
    }

    [Theory]
    [InlineData("one\ntwo\n", "two")]
    [InlineData("one\ntwo", "two")]
    [InlineData("one\n\n  \n", "one")]
    [InlineData("", "")]
    public void The_last_line_that_says_something_is_kept(string text, string last)
    {
        var lines = new ChildLines(_merger, [], keepsLast: true);
        Add(lines, text);
        lines.End();
        lines.LastLine.Should().Be(last);
    }

    private static void Add(ChildLines lines, string text) => lines.Add(Encoding.ASCII.GetBytes(text));

    private ChildLines Lines(string tag = "") => new(_merger, Encoding.ASCII.GetBytes(tag), keepsLast: false);

    private async Task<string> TextAsync()
    {
        await _merger.DrainAsync();
        return _sink.Text;
    }

    private async Task<string[]> LinesAsync() =>
        (await TextAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
