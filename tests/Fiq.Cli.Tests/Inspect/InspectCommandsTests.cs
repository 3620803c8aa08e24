using System.Text;
using Fiq.Cli.Tests.Doubles;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Tests.Inspect;

public sealed class InspectCommandsTests
{
    private readonly CommandLineRun _run = new();

    public InspectCommandsTests()
    {
        _run.Engine.Queues["orders"] = [];
        _run.Engine.Inspect = Clean;
    }

    [Fact]
    public async Task A_clean_queue_is_said_to_be_clean()
    {
        await _run.RunAsync("verify", "orders");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Output.Should().Be(
            "orders in ~/.local/share/fiq: clean\n"
            + "  9 intact messages in 1 segment, 4 KiB, offsets 0 up to before 9\n");
    }

    [Theory]
    [InlineData(true, "none ever acknowledged")]
    [InlineData(false, "none ever acknowledged unless the disk has damaged what it had synced last")]
    public async Task A_torn_tail_is_no_failure_and_says_what_is_known_of_it(bool certain, string words)
    {
        _run.Engine.Inspect = name => Clean(name) with
        {
            Health = QueueHealth.TornTail,
            TornBytes = 5,
            TornFile = "1.log",
            TornPosition = 700,
            TornIsCertain = certain,
        };
        await _run.RunAsync("verify", "orders");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.OutputLines[^1].Should().Be($"  1.log at byte 700: torn tail of 5 bytes, {words}");
    }

    [Fact]
    public async Task Damage_is_exit_7_and_every_place_has_a_line()
    {
        _run.Engine.Inspect = Damaged;
        await _run.RunAsync("verify", "orders");
        _run.Exit.Should().Be(ExitCode.Damaged);
        _run.OutputLines.Should().ContainInOrder(
            "orders in ~/.local/share/fiq: damaged",
            "  1.log, bytes 400..591: offset 3, of which 0 were already settled by all groups: a wrong checksum",
            "  2.log: offsets 5..6, of which all were already settled by all groups: it is missing",
            "  control: no message is concerned: it has 3 bytes",
            "  recorded as lost by a repair: offset 1",
            "  note: mine.txt is not ours and was left alone",
            "  nothing was changed; fiq repair orders --dry-run shows what to save");
    }

    [Fact]
    public async Task Without_a_name_all_queues_and_their_dead_letters_are_verified()
    {
        _run.Engine.Queues["mails"] = [];
        _run.Engine.Queues["mails.dead"] = [];
        _run.Engine.Queues.TryRemove("mails.dead", out _);
        await _run.RunAsync("verify");
        _run.OutputLines.Where(line => line[0] != ' ').Should().HaveCount(2);
        _run.Engine.Queues["orders.dead"] = [];
        await _run.RunAsync("verify", "orders");
        _run.OutputLines.Where(line => line[0] != ' ').Should().HaveCount(2);
    }

    [Fact]
    public async Task What_is_not_there_is_not_found()
    {
        foreach (string command in (string[])["verify", "repair"])
        {
            await _run.RunAsync(command, "odrers");
            _run.Exit.Should().Be(ExitCode.NotFound);
            _run.Error.Should().Contain("There is \"orders\"");
        }
    }

    [Fact]
    public async Task The_members_of_a_verified_queue_never_change()
    {
        _run.Engine.Inspect = name => Damaged(name) with { Damages = [Damaged(name).Damages[0]] };
        await _run.RunAsync("verify", "orders", "--json");
        _run.Output.Should().Be(
            """{"name":"orders","health":"damaged","inUse":false,"messages":9,"firstOffset":0,"nextOffset":9"""
            + ""","segments":1,"bytes":4096,"damages":[{"file":"1.log","fromByte":400,"toByte":592,"fromOffset":3"""
            + ""","toOffset":4,"messages":1,"settled":0,"what":"a wrong checksum"}],"lost":[{"fromOffset":1"""
            + ""","toOffset":2}],"tornBytes":0,"tornFile":null,"tornPosition":0,"tornIsCertain":false,"unproven":0"""
            + ""","notes":["mine.txt is not ours and was left alone"]}""" + "\n");
        _run.Exit.Should().Be(ExitCode.Damaged);
    }

    [Fact]
    public async Task Nothing_is_repaired_that_is_not_damaged()
    {
        await _run.RunAsync("repair", "orders", "--yes");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Error.Should().Be("orders in ~/.local/share/fiq is not damaged: nothing to repair\n");
        _run.Engine.Repairs.Should().Be(0);
    }

    [Fact]
    public async Task A_dry_run_says_what_is_lost_and_what_is_kept_where()
    {
        DamagedWithSteps();
        await _run.RunAsync("repair", "orders", "--dry-run");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.ErrorLines.Should().ContainInOrder(
            "orders is damaged:",
            "to be done:",
            "  1.log: written anew; the damaged file is kept as 1.log.damaged-1",
            "would repair orders in ~/.local/share/fiq: 3 messages are lost for good, "
                + "of which 2 were already settled by all groups");
        _run.Engine.Repairs.Should().Be(0);
    }

    [Fact]
    public async Task Without_a_terminal_a_repair_needs_yes()
    {
        DamagedWithSteps();
        await _run.RunAsync("repair", "orders");
        _run.Exit.Should().Be(ExitCode.Usage);
        _run.Engine.Repairs.Should().Be(0);
        await _run.RunAsync("repair", "orders", "--yes");
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.Repairs.Should().Be(1);
        _run.ErrorLines[^1].Should().StartWith("repaired orders: 3 messages are lost for good");
    }

    [Theory]
    [InlineData("y\n", 1)]
    [InlineData("n\n", 0)]
    public async Task On_a_terminal_a_repair_asks(string answer, int repairs)
    {
        DamagedWithSteps();
        using var input = new MemoryStream(Encoding.UTF8.GetBytes(answer));
        await _run.RunAsync(input, ["repair", "orders"], terminal: true);
        _run.Exit.Should().Be(ExitCode.Done);
        _run.Engine.Repairs.Should().Be(repairs);
    }

    [Fact]
    public async Task A_repair_as_JSON_adds_what_was_done()
    {
        DamagedWithSteps();
        await _run.RunAsync("repair", "orders", "--yes", "--json");
        _run.Output.Should().EndWith(
            ""","repaired":true,"messagesLost":3,"messagesLostAndSettled":2,"steps":[{"file":"1.log" """.TrimEnd()
            + ""","what":"written anew","evidence":"1.log.damaged-1"}]}""" + "\n");
        _run.Error.Should().BeEmpty();
    }

    private void DamagedWithSteps()
    {
        _run.Engine.Inspect = Damaged;
        _run.Engine.Steps = [new RepairStep("1.log", "written anew", "1.log.damaged-1")];
    }

    private static QueueInspection Clean(QueueName name) => new()
    {
        Name = name,
        Health = QueueHealth.Clean,
        IsInUse = false,
        FirstOffset = 0,
        NextOffset = 9,
        Messages = 9,
        Segments = 1,
        Bytes = 4096,
        Damages = [],
        Lost = [],
        TornBytes = 0,
        Notes = [],
    };

    private static QueueInspection Damaged(QueueName name) => Clean(name) with
    {
        Health = QueueHealth.Damaged,
        Damages =
        [
            new DamageFinding("1.log", 400, 592, "a wrong checksum", 3, 4, 0),
            new DamageFinding("2.log", 0, 0, "it is missing", 5, 7, 2),
            new DamageFinding("control", 0, 0, "it has 3 bytes", 0, 0, 0),
        ],
        Lost = [new LostRange(1, 2)],
        Notes = ["mine.txt is not ours and was left alone"],
    };
}
