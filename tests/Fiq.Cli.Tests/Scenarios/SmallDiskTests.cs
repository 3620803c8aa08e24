using Fiq.Cli.Tests.Processes;

namespace Fiq.Cli.Tests.Scenarios;

[Collection(Alone.Name)]
public sealed class SmallDiskTests
{
    private const int DiskMebibytes = 16;
    private static readonly string Body = new('x', 10_000);

    [MountFact]
    public async Task A_full_disk_refuses_what_has_no_room_and_keeps_and_delivers_all_that_was_acknowledged()
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        var lines = string.Concat(Enumerable.Range(0, 3_000).Select(number => $"k{number}:{Body}:0\n"));
        var full = await FiqProcess.RunAsync(Plain(disk, "produce", "orders"), lines);
        full.ExitCode.Should().Be(8, "{0}", full.Errors.Text);
        var acked = ResultLine.In(full.Output).Select(line => line.Key).ToList();
        acked.Should().NotBeEmpty().And.HaveCountLessThan(3_000);
        var refusedAgain = await FiqProcess.RunAsync(Plain(disk, "produce", "orders"), lines);
        refusedAgain.ExitCode.Should().Be(8, "{0}", refusedAgain.Errors.Text);
        acked.AddRange(ResultLine.In(refusedAgain.Output).Select(line => line.Key));

        var consumed = await FiqProcess.RunAsync(Plain(disk, "consume", "orders", "--until-empty"));
        consumed.ExitCode.Should().Be(0, "{0}", consumed.Errors.Text);
        ResultLine.In(consumed.Output).Select(line => line.Key).Should().Equal(acked);
    }

    [MountFact]
    public async Task Appending_goes_on_once_there_is_room_again()
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        (await FiqProcess.RunAsync(Plain(disk, "produce", "orders", "a1:before:0"))).ExitCode.Should().Be(0);
        var ballast = Path.Combine(disk.Path, "ballast");
        await FillAsync(ballast);

        await using var producer = FiqProcess.Start(Plain(disk, "produce", "orders"));
        var lines = string.Concat(Enumerable.Range(0, 300).Select(number => $"k{number}:{Body}:0\n"));
        var refused = await FiqProcess.RunAsync(Plain(disk, "produce", "orders"), lines);
        refused.ExitCode.Should().Be(8, "{0}", refused.Errors.Text);

        File.Delete(ballast);
        await producer.WriteAsync("b2:after:0\n");
        producer.EndInput();
        var ended = await producer.EndAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        ResultLine.In(ended.Output).Should().ContainSingle().Which.Key.Should().Be("b2");
    }

    [MountFact]
    public async Task A_read_only_file_system_is_said_so_and_nothing_is_lost()
    {
        using var disk = SmallDisk.Mount(DiskMebibytes);
        (await FiqProcess.RunAsync(Plain(disk, "produce", "orders", "a1:before:0"))).ExitCode.Should().Be(0);
        disk.MakeReadOnly();
        var produced = await FiqProcess.RunAsync(Plain(disk, "produce", "orders", "b2:after:0"));
        produced.ExitCode.Should().Be(8, "{0}", produced);
        produced.Errors.Text.Should().StartWith("fiq: ").And.Contain("read-only");
        var shown = await FiqProcess.RunAsync(Plain(disk, "queue", "show", "orders", "--json"));
        shown.ExitCode.Should().Be(0, "{0}", shown);
        shown.Output.Text.Should().Contain("\"nextOffset\":1");
    }

    private static FiqCommand Plain(SmallDisk disk, params string[] arguments)
    {
        return new FiqCommand(disk.Path, arguments) { Binary = FiqBinary.Plain };
    }

    private static async Task FillAsync(string path)
    {
        await using var file = new FileStream(path, FileMode.CreateNew, FileAccess.Write, FileShare.None, 0);
        var block = new byte[64 * 1024];
        try
        {
            while (true)
            {
                await file.WriteAsync(block);
            }
        }
        catch (IOException error) when (error.HResult == 28)
        {
            file.Length.Should().BePositive("it is full now");
        }
    }
}
