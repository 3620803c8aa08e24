using System.Text.Json;
using Fiq.Cli.Doctor;
using Fiq.Cli.Tests.Processes;
using Fiq.Cli.Tests.Scenarios;
using Fiq.Doctor;

namespace Fiq.Cli.Tests.Doctor;

public sealed class DoctorTests : IDisposable
{
    private static readonly string[] Tested =
    [
        "file-system", "free-space", "limits", "boot-id", "sync-reports", "error-numbers", "directory-sync", "allocate",
        "rename", "locks", "shared-page", "shared-page-between-processes", "wake-up", "sync-latency",
        "locks-between-processes",
    ];

    private readonly TemporaryStore _store = new();

    public void Dispose() => _store.Dispose();

    [Fact]
    public async Task A_check_up_as_JSON_names_every_probe_and_leaves_nothing()
    {
        FiqResult result = await FiqProcess.RunAsync(_store.Command("doctor", "--json"));
        result.ExitCode.Should().Be(0, "{0}", result);
        JsonElement said = JsonDocument.Parse(result.Output.Text).RootElement;
        said.GetProperty("findings").EnumerateArray().Select(each => each.GetProperty("name").GetString())
            .Should().Equal(Tested);
        said.GetProperty("findings").EnumerateArray().Select(each => each.GetProperty("text").GetString())
            .Should().NotContain(text => text!.StartsWith("not tested", StringComparison.Ordinal));
        said.GetProperty("queue").ValueKind.Should().Be(JsonValueKind.Null);
        said.GetProperty("ok").GetBoolean().Should().BeTrue();
        Directory.EnumerateFileSystemEntries(_store.Path).Should().BeEmpty();
    }

    [Fact]
    public async Task The_verdict_is_the_last_line_and_the_queues_story_stands_before_it()
    {
        await FiqProcess.RunAsync(_store.Command("produce", "orders", "a1:hello:0"));
        FiqResult result = await FiqProcess.RunAsync(_store.Command("doctor", "orders"));
        result.ExitCode.Should().Be(0, "{0}", result);
        result.Output.Text.Should().Contain("queue orders\n  control page: of this boot\n")
            .And.Contain("  nobody is attached\n")
            .And.Contain("the first process found segment 1 clean at #0\n");
        result.Output.Lines[^1].Should().MatchRegex("^(this disk keeps|nothing failed, but)");
        result.Errors.Text.Should().BeEmpty();
    }

    [Fact]
    public async Task A_doctor_for_a_queue_that_is_not_there_names_the_one_that_was_meant()
    {
        await FiqProcess.RunAsync(_store.Command("produce", "orders", "a1:hello:0"));
        FiqResult result = await FiqProcess.RunAsync(_store.Command("doctor", "odrers"));
        result.ExitCode.Should().Be(4, "{0}", result);
        result.Errors.Text.Should().Contain("There is \"orders\"");
        result.Output.Text.Should().BeEmpty();
    }

    [StraceFact]
    public async Task A_system_whose_syncs_are_empty_is_told_and_the_exit_is_1()
    {
        FiqCommand command = _store.PlainCommand("doctor", "--json") with
        {
            Wrapper = ["strace", "-f", "-o", "/dev/null", "-e", "inject=fsync,fdatasync:retval=0"],
        };
        FiqResult result = await FiqProcess.RunAsync(command);
        result.ExitCode.Should().Be(1, "{0}", result);
        JsonElement said = JsonDocument.Parse(result.Output.Text).RootElement;
        said.GetProperty("ok").GetBoolean().Should().BeFalse();
        said.GetProperty("verdict").GetString().Should().StartWith("something is wrong: sync-reports. Nothing can be");
    }

    [Fact]
    public void The_verdict_says_what_all_findings_come_to()
    {
        var fine = new Finding("locks", FindingOutcome.Fine, "");
        var warned = new Finding("free-space", FindingOutcome.Warned, "");
        var doubted = new Finding("sync-latency", FindingOutcome.Warned, "") { DoubtsDurability = true };
        var failed = new Finding("rename", FindingOutcome.Failed, "") { Advice = "Use another." };
        const string kept = "this disk keeps what it acknowledges, as far as can be tested without cutting the power";
        Verdict.Of([fine]).Should().Be(new Verdict(true, kept));
        Verdict.Of([fine, warned]).Should().Be(new Verdict(true, kept + "; mind free-space"));
        Verdict.Of([warned, doubted]).Text.Should().EndWith("may not outlive a power cut: see sync-latency");
        Verdict.Of([doubted, failed]).Should().Be(new Verdict(false, "something is wrong: rename. Use another."));
    }
}
