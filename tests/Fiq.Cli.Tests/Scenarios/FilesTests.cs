using System.Globalization;
using System.Text.Json;
using Fiq.Cli.Tests.Processes;
using Xunit.Abstractions;

namespace Fiq.Cli.Tests.Scenarios;

/// <summary>Files and named pipes by the real binary, killed and run again.</summary>
[Collection(Alone.Name)]
public sealed class FilesTests(ITestOutputHelper output) : IDisposable
{
    private const int Kills = 30;
    private const int Lines = 60_000;

    private readonly TemporaryStore _store = new();
    private readonly Random _moments = new(20_261_127);

    public void Dispose() => _store.Dispose();

    private string Input => Path.Combine(_store.Path, "_input.txt");

    [Fact]
    public async Task A_file_whose_producer_is_killed_30_times_is_stored_line_by_line_exactly_once()
    {
        await WriteAsync(0, Lines);
        await CreateAsync("--segment-bytes", "1MiB");
        // Slow enough to be killed in the middle of the work.
        var command = _store.PlainCommand("produce", "orders", "--file", Input, "--rate", "10000/s", "-q");
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var victim = FiqProcess.Start(command);
            await Task.Delay(_moments.Next(150, 500));
            victim.Kill();
            await victim.EndAsync();
        }

        Measured.Write(output, "lines stored by 30 killed producers", await NextOffsetAsync(), "lines");
        var last = await RunAsync("produce", "orders", "--file", Input, "-q");
        last.ExitCode.Should().Be(0, "{0}", last.Errors.Text);
        await ShouldHaveAsync(Lines);
        var again = await RunAsync("produce", "orders", "--file", Input);
        again.Errors.Text.Should().Be(
            $"nothing new in {Input}: 60,000 lines are already in orders; --again adds them once more\n");
        (await NextOffsetAsync()).Should().Be(Lines);
    }

    [Fact]
    public async Task A_file_that_is_followed_through_kills_and_rotations_is_stored_line_by_line_exactly_once()
    {
        const int Rounds = 12;
        const int Each = 500;
        await WriteAsync(0, 1);
        await CreateAsync();
        for (var round = 0; round < Rounds; round++)
        {
            await using var victim = FiqProcess.Start(
                _store.PlainCommand("produce", "orders", "--file", Input, "--follow"));
            for (var part = 0; part < 5; part++)
            {
                await AppendAsync(1 + round * Each + part * (Each / 5), Each / 5);
                await Task.Delay(_moments.Next(0, 60));
            }

            if (round % 3 == 2)
            {
                // Read to its end or not: whoever comes next finds the rest under the new name, of one rotation.
                await victim.Output.WaitForAsync($" k{round * Each + Each / 5}");
                File.Move(Input, $"{Input}.{round}");
                await File.WriteAllTextAsync(Input, "");
            }

            victim.Kill();
            await victim.EndAsync();
        }

        await using var last = FiqProcess.Start(
            _store.PlainCommand("produce", "orders", "--file", Input, "--follow"));
        await AppendAsync(1 + Rounds * Each, 1);
        await last.Output.WaitForAsync($" k{1 + Rounds * Each}");
        last.Signal(Signal.Terminate);
        (await last.EndAsync()).ExitCode.Should().Be(0, "{0}", last.Errors.Text);
        await ShouldHaveAsync(2 + Rounds * Each);
    }

    [Fact]
    public async Task Another_file_of_the_same_or_greater_length_is_stored_line_by_line()
    {
        await CreateAsync();
        await WriteAsync(10_000, 1000);
        (await RunAsync("produce", "orders", "--file", Input, "-q")).ExitCode.Should().Be(0);
        await WriteAsync(20_000, 1000);
        var second = await RunAsync("produce", "orders", "--file", Input);
        second.Errors.Text.Should().StartWith(
            $"another file is at {Input} now: it is a new input, from its first line on\n1,000 acked");
        await WriteAsync(30_000, 2000);
        (await RunAsync("produce", "orders", "--file", Input, "-q")).ExitCode.Should().Be(0);
        (await KeysAsync()).Should().Equal(
        [
            .. Enumerable.Range(10_000, 1000),
            .. Enumerable.Range(20_000, 1000),
            .. Enumerable.Range(30_000, 2000),
        ]);
    }

    [Fact]
    public async Task Two_live_processes_of_one_name_are_one_too_many()
    {
        await using var first = FiqProcess.Start(_store.PlainCommand("produce", "orders", "--producer", "nightly"));
        await first.WriteAsync("k0:m:0\n");
        await first.Output.WaitForCountAsync(1);
        var second = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", "orders", "--producer", "nightly"), "k0:m:0\n");
        second.ExitCode.Should().Be(6);
        second.Errors.Text.Should().StartWith(
            string.Create(CultureInfo.InvariantCulture, $"fiq: producer \"nightly\" is held by process {first.Id}."));
        first.EndInput();
        (await first.EndAsync()).ExitCode.Should().Be(0);
        var third = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", "orders", "--producer", "nightly"), "k0:m:0\nk1:m:0\n");
        third.Output.Lines.Should().Equal("acked #0 k0 (stored before)", "acked #1 k1");
        // The queue keeps how far a producer has come, and not where each of its messages is.
        var fourth = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", "orders", "--producer", "nightly"), "k0:m:0\nk1:m:0\n");
        fourth.Output.Lines.Should().Equal("acked k0 (stored before)", "acked #1 k1 (stored before)");
        var fifth = await FiqProcess.RunAsync(
            _store.PlainCommand("produce", "orders", "--producer", "nightly", "--json"), "k0:m:0\n");
        fifth.Output.Lines.Should().Equal(
            """{"offset":null,"key":"k0","durability":"synced","duplicate":true}""");
    }

    [Fact]
    public async Task A_pipe_whose_named_producer_is_killed_and_fed_again_is_stored_exactly_once()
    {
        const int Count = 3000;
        await CreateAsync();
        var input = string.Concat(Enumerable.Range(0, Count).Select(Line));
        for (var kill = 0; kill < Kills; kill++)
        {
            await using var victim = FiqProcess.Start(
                _store.PlainCommand("produce", "orders", "--producer", "p", "-q", "--rate", "10000/s"));
            var feeding = victim.WriteAsync(input);
            await Task.Delay(_moments.Next(150, 450));
            victim.Kill();
            await victim.EndAsync();
            await feeding;
        }

        var last = await FiqProcess.RunAsync(_store.PlainCommand("produce", "orders", "--producer", "p"), input);
        last.ExitCode.Should().Be(0, "{0}", last.Errors.Text);
        await ShouldHaveAsync(Count);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task An_input_that_a_full_queue_takes_in_parts_is_stored_line_by_line_exactly_once(bool isFile)
    {
        const int Count = 3000;
        await CreateAsync("--max-messages", "700");
        await WriteAsync(0, Count);
        string[] produce = isFile ? ["produce", "orders", "--file", Input] : ["produce", "orders", "--producer", "p"];
        var consumed = new List<string>();
        for (var exit = -1; exit != 0;)
        {
            var produced = await FiqProcess.RunAsync(
                _store.PlainCommand(produce), isFile ? "" : await File.ReadAllTextAsync(Input));
            exit = produced.ExitCode;
            exit.Should().BeOneOf([0, 8], "{0}", produced.Errors.Text);
            produced.Errors.Text.Should().NotContain("another file");
            var done = await RunAsync("consume", "orders", "--raw", "--until-empty", "-q");
            done.Output.Lines.Should().NotBeEmpty("each part makes the next one possible");
            consumed.AddRange(done.Output.Lines);
        }

        consumed.Should().Equal(
            Enumerable.Range(0, Count).Select(i => string.Create(CultureInfo.InvariantCulture, $"m{i}")));
    }

    private static string Line(int number) => string.Create(CultureInfo.InvariantCulture, $"k{number}:m{number}:0\n");

    private Task WriteAsync(int from, int count) =>
        File.WriteAllTextAsync(Input, string.Concat(Enumerable.Range(from, count).Select(Line)));

    private Task AppendAsync(int from, int count) =>
        File.AppendAllTextAsync(Input, string.Concat(Enumerable.Range(from, count).Select(Line)));

    private async Task CreateAsync(params string[] options) =>
        (await RunAsync(["queue", "create", "orders", .. options])).ExitCode.Should().Be(0);

    private Task<FiqResult> RunAsync(params string[] arguments) =>
        FiqProcess.RunAsync(_store.PlainCommand(arguments));

    private async Task<long> NextOffsetAsync() =>
        (await _store.ShowAsync("orders")).GetProperty("nextOffset").GetInt64();

    private async Task ShouldHaveAsync(int count) =>
        (await KeysAsync()).Should().Equal(Enumerable.Range(0, count));

    private async Task<List<int>> KeysAsync()
    {
        var consumed = await RunAsync("consume", "orders", "--until-empty", "--json", "--workers", "64");
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        return
        [
            .. consumed.Output.Lines.Select(line => JsonDocument.Parse(line).RootElement)
                .OrderBy(line => line.GetProperty("offset").GetInt64())
                .Select(line => int.Parse(line.GetProperty("key").GetString().AsSpan(1), CultureInfo.InvariantCulture)),
        ];
    }
}
