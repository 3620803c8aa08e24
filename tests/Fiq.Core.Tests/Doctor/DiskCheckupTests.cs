using Fiq.Doctor;
using Fiq.Files;
using Fiq.Tests.Doubles;
using Fiq.Tests.Files;

namespace Fiq.Tests.Doctor;

/// <summary>An honest disk passes; each thing that does not hold is named, by the probe that is there for it.</summary>
public sealed class DiskCheckupTests : IDisposable
{
    private static readonly TimeSpan WakePatience = TimeSpan.FromMilliseconds(200);

    private readonly TemporaryFolder _folder = new();
    private ulong _random;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void On_an_honest_disk_no_probe_fails_and_nothing_is_left_behind()
    {
        IReadOnlyList<Finding> findings = Run(_folder.Files);
        findings.Where(each => each.Outcome == FindingOutcome.Failed).Should().BeEmpty();
        findings.Select(each => each.Name).Should().OnlyHaveUniqueItems().And.HaveCount(15);
        findings.Should().NotContain(each => each.Text.StartsWith("not tested", StringComparison.Ordinal));
        _folder.Directory.List().Should().BeEmpty();
    }

    [Theory]
    [InlineData(Twist.LocksExcludeNobody, "locks", "two have one exclusive lock")]
    [InlineData(Twist.LocksExcludeNobody, "locks-between-processes", "two processes have one exclusive lock")]
    [InlineData(Twist.LocksOutliveTheirHolder, "locks", "outlives")]
    [InlineData(Twist.LocksOutliveTheirHolder, "locks-between-processes", "outlives")]
    [InlineData(Twist.UpgradesLoseTheLock, "locks", "is lost")]
    [InlineData(Twist.RenameUnlinksFirst, "rename", "neither is there")]
    [InlineData(Twist.NoReplaceReplaces, "rename", "must not replace")]
    [InlineData(Twist.PagesArePrivate, "shared-page", "not seen")]
    [InlineData(Twist.PagesArePrivate, "shared-page-between-processes", "of 4711 and 815")]
    [InlineData(Twist.WritesMissThePage, "shared-page", "a write is not seen")]
    [InlineData(Twist.WakeUpsAreLost, "wake-up", "not woken")]
    [InlineData(Twist.ErrorsHaveOneNumber, "error-numbers", "not 17 and 39")]
    [InlineData(Twist.SyncsFail, "sync-latency", "errno 5")]
    [InlineData(Twist.FoldersCannotBeSynced, "directory-sync", "errno 22")]
    public void A_disk_that_breaks_a_promise_is_told_by_name(Twist twist, string name, string words)
    {
        Finding finding = Run(new TwistedDisk(_folder.Files, twist), name).Single();
        finding.Outcome.Should().Be(FindingOutcome.Failed, finding.Text);
        finding.Text.Should().Contain(words);
        finding.DoubtsDurability.Should().BeTrue();
        _folder.Directory.List().Should().BeEmpty();
    }

    [Fact]
    public void A_disk_that_sets_no_room_aside_is_only_a_warning()
    {
        Finding finding = Run(new TwistedDisk(_folder.Files, Twist.NothingIsAllocated), "allocate").Single();
        finding.Outcome.Should().Be(FindingOutcome.Warned);
    }

    [Fact]
    public void A_system_that_hides_sync_errors_is_told_and_nothing_else_is_believed()
    {
        static IFileSystem Refuse() => throw new FiqException(ErrorCode.Unsupported, "fsync does not report an error");
        Finding only = new DiskCheckup(Refuse, NextRandom).Run(_folder.Path, null).Should().ContainSingle().Which;
        only.Name.Should().Be("sync-reports");
        only.Outcome.Should().Be(FindingOutcome.Failed);
        only.Text.Should().Contain("does not report");
    }

    [Fact]
    public void A_folder_that_cannot_hold_queues_is_a_finding()
    {
        string file = _folder.PathOf("file");
        File.WriteAllText(file, "");
        new DiskCheckup().Run(file, null).Should().ContainSingle().Which.Name.Should().Be("folder");
    }

    [Fact]
    public void Without_a_second_process_what_needs_one_is_said_to_be_not_tested()
    {
        new DiskCheckup { Probes = [new WakeProbe(WakePatience), new ProcessLockProbe(), new ProcessPageProbe()] }
            .Run(_folder.Path, null)
            .Should().HaveCount(3)
            .And.OnlyContain(each => each.Outcome == FindingOutcome.Warned && each.Text.StartsWith("not tested"));
    }

    [Fact]
    public void What_a_doctor_killed_anywhere_leaves_is_removed_by_the_next()
    {
        for (int effects = 0; ; effects += 7)
        {
            var faults = new Faults();
            faults.KillAfter(effects);
            var checkup = new DiskCheckup(() => new FaultyFileSystem(_folder.Files, faults), NextRandom)
            {
                Probes = [new ErrorNumbersProbe(), new DirectorySyncProbe(), new LockProbe(), new PageProbe()],
            };
            try
            {
                checkup.Run(_folder.Path, null);
            }
            catch (KilledException)
            {
                new DiskCheckup { Probes = [] }.Run(_folder.Path, null).Should().BeEmpty();
                _folder.Directory.List().Should().BeEmpty();
                continue;
            }

            effects.Should().BeGreaterThan(30);
            return;
        }
    }

    [Fact]
    public void A_doctor_at_work_is_not_disturbed_by_another()
    {
        using ProbeFolder first = ProbeFolder.Create(_folder.Directory, NextRandom);
        first.Directory.CreateFile("mine").Dispose();
        using (ProbeFolder second = ProbeFolder.Create(_folder.Directory, NextRandom))
            _folder.Directory.List().Should().HaveCount(2);
        first.Directory.List().Should().Equal("mine");
    }

    [Theory]
    [InlineData(1.2, FindingOutcome.Warned, "faster than a disk can be")]
    [InlineData(14.9, FindingOutcome.Warned, "faster than a disk can be")]
    [InlineData(40, FindingOutcome.Fine, "protection against power loss")]
    [InlineData(900, FindingOutcome.Fine, "an honest disk")]
    [InlineData(50_000, FindingOutcome.Fine, "gets 20 in a second")]
    public void How_long_a_sync_takes_says_what_the_disk_is(double microseconds, FindingOutcome outcome, string words)
    {
        Finding finding = SyncLatencyProbe.Judge(
            [.. Enumerable.Repeat(TimeSpan.FromMicroseconds(microseconds), 99), TimeSpan.FromSeconds(1)]);
        finding.Outcome.Should().Be(outcome);
        finding.Text.Should().Contain(words).And.Contain("99 of 100 at most 1000 ms");
        finding.DoubtsDurability.Should().Be(outcome == FindingOutcome.Warned);
        finding.Measured["p50Microseconds"].Should().BeApproximately(microseconds, 0.1);
    }

    [Theory]
    [InlineData(ulong.MaxValue, 1024UL, FindingOutcome.Fine)]
    [InlineData(1UL << 30, 1024UL, FindingOutcome.Warned)]
    [InlineData(ulong.MaxValue, 100UL, FindingOutcome.Warned)]
    public void A_limit_that_ends_a_process_early_is_a_warning(ulong bytes, ulong descriptors, FindingOutcome outcome)
    {
        new DiskCheckup { Probes = [new LimitsProbe(() => new ProcessLimits(bytes, descriptors))] }
            .Run(_folder.Path, null).Single().Outcome.Should().Be(outcome);
    }

    private IReadOnlyList<Finding> Run(IFileSystem files, string? only = null)
    {
        var checkup = new DiskCheckup(() => files, NextRandom);
        IProbe[] quick =
        [
            .. checkup.Probes.Where(each => only is null || each.Name == only)
                .Select(each => only == "wake-up" ? new WakeProbe(WakePatience) : each),
        ];
        return new DiskCheckup(() => files, NextRandom) { Probes = quick }
            .Run(_folder.Path, folder => new ThreadPartner(files, folder));
    }

    private ulong NextRandom() => Interlocked.Increment(ref _random);
}
