using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;
using Fiq.Storage;

namespace Fiq.Simulation.Laws;

/// <summary>What one process does in a scenario; it tells the history what it was told.</summary>
internal abstract class Actor(Scenario scenario, SimProcess process)
{
    private static readonly TimeSpan StopMax = TimeSpan.FromSeconds(30);

    protected Scenario Scenario { get; } = scenario;

    protected SimProcess Process { get; } = process;

    /// <summary>For as long as somebody is stopped: longer than anybody waits, or not so long.</summary>
    public static TimeSpan SomeTime(Random random) => random.NextDouble() * StopMax;

    protected Random Random => Process.Machine.Random;

    protected QueueSettings Settings => new() { SegmentBytes = Scenario.SegmentBytes };

    public void Run()
    {
        for (int visit = 0; visit < Scenario.Visits; visit++)
        {
            try
            {
                if (!TryVisit()) return;
            }
            catch (FiqException error) when (IsExpected(error))
            {
                // Converted: a process that is told so ends, and the next visit begins anew.
                continue;
            }
            catch (FileSystemException error) when (Scenario.CanFail)
            {
                // Converted likewise, where an end of the membership meets the failing disk.
                if (error.Errno is Errno.None) throw;
            }
        }
    }

    /// <summary>Comes, works and leaves; false when there is nothing more to do.</summary>
    protected abstract bool TryVisit();

    /// <summary>
    /// Now and then it is stopped or killed in what it does next: coming and leaving has many more effects, and those
    /// of the work are the ones that matter.
    /// </summary>
    protected void WhateverHappens(int effects)
    {
        if (Scenario.Stops && Random.Next(Scenario.StopsOnceIn) == 0) Process.Faults.Stop = (Random.Next(effects), SomeTime(Random));
        if (Scenario.Kills && Random.Next(20) == 0) Process.Faults.EffectsLeft = Random.Next(effects);
    }

    protected void Tell(Fact fact) => Process.Machine.History.Tell(fact);

    private bool IsExpected(FiqException error) => error.Code switch
    {
        ErrorCode.Busy or ErrorCode.Unknown => Scenario.Stops || Scenario.CanFail || Scenario.Kills,
        ErrorCode.DiskFull or ErrorCode.Failed => Scenario.CanFail,
        ErrorCode.QueueNotFound or ErrorCode.GroupNotFound => Scenario.Deletes,
        _ => false,
    };
}

/// <summary>Appends messages and notes what it was answered.</summary>
internal sealed class Producer(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    private const int CommitEffects = 25;

    private static readonly TimeSpan PauseMax = TimeSpan.FromMilliseconds(3);

    private int _commits;

    protected override bool TryVisit()
    {
        using Opened? opened = Opened.TryOpen(Process, Scenario.Deletes ? null : Settings)
            ?? (_commits == 0 ? Opened.TryOpen(Process, Settings) : null);
        if (opened is null) return false;
        for (int turn = 0; turn < Scenario.Turns; turn++)
        {
            if (Random.Next(2) == 0) Process.Rest(Random.NextDouble() * PauseMax);
            WhateverHappens(CommitEffects);
            Commit(opened);
        }

        return true;
    }

    private void Commit(Opened opened)
    {
        int number = _commits++;
        int count = Random.Next(1, 4);
        string[] bodies =
        [
            .. Enumerable.Range(0, count).Select(
                i => $"{Process.Name} {number}.{i} {new string('x', Random.Next(Scenario.PaddingMax))}"),
        ];
        Tell(new Invoked(Process.Name, number, bodies));
        try
        {
            long offset = opened.Append(bodies);
            Tell(new Acked(Process.Name, number, offset));
        }
        catch (FiqException error) when (error.Code is ErrorCode.DiskFull or ErrorCode.Failed or ErrorCode.Busy)
        {
            // Converted into what the caller may rely on: nothing was stored.
            Tell(new Refused(Process.Name, number));
            if (error.Code == ErrorCode.Busy) throw;
        }
    }
}

/// <summary>Takes messages, works, settles, makes it durable, and deletes what nobody needs.</summary>
internal sealed class Consumer(Scenario scenario, SimProcess process, string group) : Actor(scenario, process)
{
    private const int IdleMax = 8;
    private const int TurnEffects = 150;

    // Where others are stopped, long enough in all to take over what they hold.
    private TimeSpan Idle => Scenario.Stops ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(2);

    protected override bool TryVisit()
    {
        using Opened? opened = Opened.TryOpen(Process, Scenario.Deletes ? null : Settings);
        if (opened is null) return false;
        bool isNew = GroupBirth.TryCreate(
            opened.Folder, opened.Log, GroupName.Parse(group), StartPosition.First, out long start);
        (ConsumerGroup Group, IDirectory Directory) joined = opened.TryJoin(group)!.Value;
        using (joined.Directory)
        {
            if (isNew || group == GroupName.Default.ToString()) Tell(new GroupMade(group, start));
            Work(opened, joined.Group);
            LeaveWith(joined.Group);
        }

        return true;
    }

    private void Work(Opened opened, ConsumerGroup member)
    {
        try
        {
            using var reader = opened.Log.OpenReader();
            var claimer = new Claimer(opened.Log, member, reader);
            var trimmer = new Trimmer(opened.Folder, opened.Log, Process.Machine.Clock);
            for (int turn = 0, idle = 0; turn < Scenario.Claims && idle < IdleMax;)
            {
                WhateverHappens(TurnEffects);
                member.Beat();
                if (member.OthersHoldLeases) member.Reap();
                IReadOnlyList<Delivery> deliveries = claimer.Claim(Random.Next(1, 5));
                Tell(Claimed.By(group, deliveries));
                foreach (Delivery delivery in deliveries) member.TryStart(delivery.Token, delivery.Offset);
                if (deliveries.Count > 0) turn++;
                else if (++idle < IdleMax) opened.Log.SleepUnless(() => false, Idle);
                Settle(member, deliveries);
                if (Random.Next(2) == 0) Flush(member, trimmer.FloorIs);
            }
        }
        catch (Exception error) when (error is not KilledException)
        {
            member.Abandon();
            throw;
        }
    }

    private void Settle(ConsumerGroup member, IReadOnlyList<Delivery> deliveries)
    {
        List<SettledOffset> ends = [];
        foreach (Delivery delivery in deliveries)
        {
            // Asked right before the result is shown, as workers do; from then on anything may happen.
            bool shown = member.Holds(delivery.Token, delivery.Offset);
            if (shown) Tell(new Seen(delivery.Offset, Opened.TextOf(delivery.Message)));
            ends.Add(new SettledOffset(delivery.Token, delivery.Offset, 1_000, shown && Random.Next(6) != 0));
        }

        long[] tried = [.. ends.Where(end => end.Done).Select(end => end.Offset)];
        bool[] accepted = new bool[ends.Count];
        Tell(new SettleBegun(group, tried));
        member.Settle(ends.ToArray(), accepted);
        Tell(SettleEnded.Of(group, ends.Where((end, i) => end.Done && accepted[i])));
    }

    private void Flush(ConsumerGroup member, Action<long> flushed)
    {
        Tell(new FlushBegun(group, Process.Name));
        long floor = member.Flush();
        Tell(new FlushEnded(group, Process.Name));
        flushed(floor);
    }

    private void LeaveWith(ConsumerGroup member)
    {
        Tell(new FlushBegun(group, Process.Name));
        member.Dispose();
        Tell(new FlushEnded(group, Process.Name));
    }
}

/// <summary>Only looks: it must change nothing, whatever the others do.</summary>
internal sealed class Onlooker(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    protected override bool TryVisit()
    {
        using IDirectory store = Process.Files.OpenDirectory("/");
        for (int turn = 0; turn < Scenario.Turns; turn++)
        {
            using QueueFolder? folder = QueueFolder.TryOpen(store, Opened.Name, Opened.OptionsOf(Process));
            if (folder is null) return false;
            QueueDescription seen = QueueDescriber.Describe(folder);
            LawBrokenException.Unless(
                seen.FirstOffset <= seen.Watermark && seen.Watermark <= seen.NextOffset, "I3",
                $"an onlooker sees {seen.FirstOffset}, {seen.Watermark}, {seen.NextOffset}");
        }

        return true;
    }
}

/// <summary>
/// Not of ours: now and then writing back the tail segment fails without anybody having asked for it, most of all
/// while somebody is held up in his work; only those who have it open will be told.
/// </summary>
internal sealed class Weather(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    private const int StormsMax = 12;

    private static readonly TimeSpan CalmMax = TimeSpan.FromMilliseconds(6);

    protected override bool TryVisit()
    {
        Process.Machine.HeldUp = () =>
        {
            if (Random.Next(2) == 0) Strike();
        };
        for (int storm = 0; storm < StormsMax; storm++)
        {
            Process.Rest(Random.NextDouble() * CalmMax);
            Strike();
        }

        return false;
    }

    private void Strike()
    {
        DiskImage disk = Process.Machine.History.Now;
        if (!disk.Entries(DiskImage.Root).TryGetValue(Opened.Name.ToString(), out long queue)) return;
        IEnumerable<string> segments = disk.Entries(queue).Keys.Where(name => SegmentName.TryParse(name, out _));
        if (segments.LastOrDefault() is string tail) Process.Machine.FailWriteBack(disk.Entries(queue)[tail]);
    }
}

/// <summary>Deletes the queue while the others use it.</summary>
internal sealed class Deleter(Scenario scenario, SimProcess process) : Actor(scenario, process)
{
    protected override bool TryVisit()
    {
        using IDirectory store = Process.Files.OpenDirectory("/");
        for (int step = Random.Next(3_000); step > 0; step--) Process.Look();
        Tell(new DeletionBegun());
        bool deleted = new QueueLifecycle(store, Opened.OptionsOf(Process)).TryDelete(Opened.Name);
        if (deleted) Tell(new QueueDeleted());
        return false;
    }
}
