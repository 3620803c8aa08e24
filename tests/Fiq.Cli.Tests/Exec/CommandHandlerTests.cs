using System.Globalization;
using Fiq.Cli.Exec;
using Fiq.Cli.Tests.Processes;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Tests.Exec;

public sealed class CommandHandlerTests
{
    [Fact]
    public async Task The_body_is_on_stdin_and_what_is_known_of_the_message_in_the_environment()
    {
        using var rig = CommandRig.Shell(
            "echo \"$FIQ_KEY $FIQ_OFFSET $FIQ_QUEUE $FIQ_GROUP $FIQ_ATTEMPT $FIQ_TIME $FIQ_STORE\"; "
            + "cat; echo oops >&2");
        await rig.RunAsync(CommandRig.Message("x: y\n"));
        (await rig.OutputAsync()).Should().Be("a1 7 orders default 2 2.5 /var/queues\nx: y\n");
        (await rig.ErrorsAsync()).Should().Be("oops\n");
    }

    [Fact]
    public async Task The_environment_that_was_inherited_is_there()
    {
        using var rig = CommandRig.Shell("echo \"$PATH\"");
        await rig.RunAsync(CommandRig.Message());
        (await rig.OutputAsync()).Should().Be(Environment.GetEnvironmentVariable("PATH") + "\n");
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(65_536)]
    [InlineData(16 * 1024 * 1024)]
    public async Task A_body_of_any_size_goes_through_byte_for_byte(int size)
    {
        byte[] body = new byte[size];
        new Random(size).NextBytes(body);
        if (size > 0) body[^1] = (byte)'\n';
        using var rig = CommandRig.Shell("cat");
        await rig.RunAsync(CommandRig.Message(body));
        (await rig.OutputBytesAsync()).AsSpan().SequenceEqual(body).Should().BeTrue();
    }

    [Fact]
    public async Task A_line_of_16_MiB_stays_one_line()
    {
        byte[] body = new byte[16 * 1024 * 1024];
        Array.Fill(body, (byte)'x');
        using var rig = CommandRig.Shell("cat", tag: true);
        await rig.RunAsync(CommandRig.Message(body));
        byte[] line = await rig.OutputBytesAsync();
        line.Should().HaveCount(body.Length + "a1\t\n".Length);
        line.AsSpan().IndexOf((byte)'\n').Should().Be(line.Length - 1);
    }

    [Fact]
    public async Task A_command_that_does_not_read_is_done_whatever_its_body()
    {
        using var rig = CommandRig.Shell("true");
        for (int i = 0; i < 20; i++) await rig.RunAsync(CommandRig.Message(new byte[16 * 1024 * 1024]));
        await rig.RunAsync(CommandRig.Message("x"));
    }

    [Theory]
    [InlineData("exit 3", "exit 3")]
    [InlineData("echo one >&2; echo two >&2; exit 1", "exit 1: two")]
    [InlineData("printf 'no end' >&2; exit 1", "exit 1: no end")]
    [InlineData("kill -9 $$", "killed by signal 9")]
    [InlineData("exit 127", "exit 127")]
    public async Task Any_other_status_has_failed_and_says_how(string command, string error)
    {
        using var rig = CommandRig.Shell(command);
        (await FluentActions.Awaiting(() => rig.RunAsync(CommandRig.Message())).Should()
            .ThrowAsync<CommandFailedException>()).WithMessage(error);
    }

    [Fact]
    public async Task Exit_65_is_poison_and_255_ends_the_consumer()
    {
        using var poison = CommandRig.Shell("echo never >&2; exit 65");
        (await FluentActions.Awaiting(() => poison.RunAsync(CommandRig.Message())).Should()
            .ThrowAsync<PoisonException>()).WithMessage("exit 65: never");
        using var stop = CommandRig.Shell("echo no licence >&2; exit 255");
        (await FluentActions.Awaiting(() => stop.RunAsync(CommandRig.Message())).Should()
            .ThrowAsync<StopConsumingException>()).WithMessage("exit 255: no licence");
    }

    [Fact]
    public async Task Without_a_shell_the_words_are_left_as_they_are()
    {
        using var rig = new CommandRig(
            ExecOptions.Program(["printf", "%s|", "a  b", "$HOME", "*", "-x", ""], "/usr/bin:/bin", tag: false));
        await rig.RunAsync(CommandRig.Message());
        (await rig.OutputAsync()).Should().Be("a  b|$HOME|*|-x||\n");
    }

    [Fact]
    public async Task It_has_a_session_of_its_own_no_terminal_and_no_ignored_broken_pipe()
    {
        using var rig = CommandRig.Shell("cut -d' ' -f5-7 /proc/$$/stat; echo $$; grep SigIgn /proc/$$/status");
        await rig.RunAsync(CommandRig.Message());
        string[] lines = (await rig.OutputAsync()).Split('\n');
        lines[0].Should().Be($"{lines[1]} {lines[1]} 0", "group, session and terminal");
        const long pipe = 1L << (13 - 1);
        (long.Parse(lines[2].Split('\t')[1], NumberStyles.HexNumber, CultureInfo.InvariantCulture) & pipe)
            .Should().Be(0);
    }

    [Fact]
    public async Task What_it_leaves_behind_in_its_group_ends_with_it()
    {
        using var rig = CommandRig.Shell("sleep 1000 & echo $!");
        await rig.RunAsync(CommandRig.Message());
        await GoneAsync(int.Parse(await rig.OutputAsync(), CultureInfo.InvariantCulture));
    }

    [Fact]
    public async Task Cancelled_it_is_asked_to_end_and_what_it_has_started_ends_too()
    {
        using var rig = CommandRig.Shell("trap 'echo asked; exit 1' TERM; sleep 1000 & echo $!; wait");
        using var cancellation = new CancellationTokenSource();
        Task run = rig.RunAsync(CommandRig.Message(), cancellation.Token);
        int child = await FirstNumberAsync(rig);
        await cancellation.CancelAsync();
        await FluentActions.Awaiting(() => run).Should().ThrowAsync<OperationCanceledException>();
        (await rig.OutputAsync()).Should().EndWith("asked\n");
        await GoneAsync(child);
    }

    [Fact]
    public async Task What_does_not_listen_is_killed()
    {
        using var rig = CommandRig.Shell("trap '' TERM; echo $$; while :; do sleep 1000; done");
        using var cancellation = new CancellationTokenSource();
        Task run = rig.RunAsync(CommandRig.Message(), cancellation.Token);
        int child = await FirstNumberAsync(rig);
        await cancellation.CancelAsync();
        await FluentActions.Awaiting(() => run).Should().ThrowAsync<OperationCanceledException>();
        await GoneAsync(child);
    }

    [Fact]
    public async Task Done_in_spite_of_being_cancelled_is_done()
    {
        using var rig = CommandRig.Shell("trap 'exit 0' TERM; echo $$; while :; do sleep 0.01; done");
        using var cancellation = new CancellationTokenSource();
        Task run = rig.RunAsync(CommandRig.Message(), cancellation.Token);
        await FirstNumberAsync(rig);
        await cancellation.CancelAsync();
        await run;
    }

    [Fact]
    public async Task A_thousand_commands_at_once_leave_nothing_open()
    {
        int before = OpenDescriptors();
        using (var rig = CommandRig.Shell("cat; echo; echo x >&2"))
        {
            Delivery[] all = [.. Enumerable.Range(0, 1_000).Select(n => CommandRig.Message($"body {n}", offset: n))];
            await Parallel.ForEachAsync(
                all, new ParallelOptions { MaxDegreeOfParallelism = 32 },
                async (message, cancellation) => await rig.RunAsync(message, cancellation));
            (await rig.OutputAsync()).Split('\n', StringSplitOptions.RemoveEmptyEntries).Order()
                .Should().Equal(Enumerable.Range(0, 1_000).Select(n => $"body {n}").Order());
        }

        // Other tests open some meanwhile; a leak would be thousands.
        OpenDescriptors().Should().BeLessThan(before + 500);
    }

    internal static async Task GoneAsync(int pid)
    {
        long startedAt = Environment.TickCount64;
        while (IsAlive(pid))
        {
            (Environment.TickCount64 - startedAt).Should()
                .BeLessThan((long)FiqProcess.Patience.TotalMilliseconds, "process {0} should be gone", pid);
            await Task.Delay(5);
        }
    }

    /// <summary>What has ended and was not waited for yet is gone as well.</summary>
    private static bool IsAlive(int pid)
    {
        try
        {
            string stat = File.ReadAllText($"/proc/{pid}/stat");
            return stat[(stat.LastIndexOf(')') + 2)..][0] is not ('Z' or 'X');
        }
        catch (IOException)
        {
            return false; // there is no such process
        }
    }

    private static async Task<int> FirstNumberAsync(CommandRig rig)
    {
        string text;
        while (!(text = await rig.OutputAsync()).Contains('\n', StringComparison.Ordinal)) await Task.Delay(5);
        return int.Parse(text.Split('\n')[0], CultureInfo.InvariantCulture);
    }

    private static int OpenDescriptors() => Directory.GetFileSystemEntries("/proc/self/fd").Length;
}
