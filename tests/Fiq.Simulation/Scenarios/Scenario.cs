using Fiq.Files;

namespace Fiq.Simulation.Scenarios;

/// <summary>What happens on the machine before it is cut: who is there, and what goes wrong meanwhile.</summary>
/// <param name="Name">Names it in a failure's line.</param>
internal sealed record Scenario(string Name)
{
    /// <summary>Whether the queue must be created first, or lies there durably.</summary>
    public bool IsNew { get; init; }

    public long SegmentBytes { get; init; } = 1024 * 1024;

    public int Producers { get; init; } = 1;

    public int Consumers { get; init; }

    public int Onlookers { get; init; }

    /// <summary>Consumers that run the real worker pool, once the producers have ended.</summary>
    public int Pools { get; init; }

    /// <summary>Groups beside `default`.</summary>
    public IReadOnlyList<string> MoreGroups { get; init; } = [];

    /// <summary>
    /// How often all of them come: in the lives before the last one a kill awaits each, if it lives so long, and the
    /// next life begins with what they left in the page cache and in the shared pages, on the same machine.
    /// </summary>
    public int Lives { get; init; } = 1;

    /// <summary>How often each producer and consumer comes and leaves.</summary>
    public int Visits { get; init; } = 1;

    /// <summary>Commits of a producer in each visit.</summary>
    public int Turns { get; init; } = 4;

    /// <summary>Claims that gave a consumer something in each visit, at most; as many as turns if not said.</summary>
    public int Claims { get => field > 0 ? field : Turns; init; }

    /// <summary>Padding of a message, at most.</summary>
    public int PaddingMax { get; init; } = 300;

    /// <summary>Calls that fail now and then, with their errors, for producers and consumers alike.</summary>
    public IReadOnlyList<(string Call, Errno Errno)> Failing { get; init; } = [];

    /// <summary>One call of those in so many fails.</summary>
    public int FailsOnceIn { get; init; } = 6;

    /// <summary>Whether processes die at some effect, while the others go on.</summary>
    public bool Kills { get; init; }

    /// <summary>In one of so many commits or claims somebody dies.</summary>
    public int KillsOnceIn { get; init; } = 20;

    /// <summary>Whether processes are stopped for some seconds in the middle of anything.</summary>
    public bool Stops { get; init; }

    /// <summary>In one of so many commits or claims somebody is stopped.</summary>
    public int StopsOnceIn { get; init; } = 6;

    /// <summary>Whether consumers are stopped for seconds with messages in their hands, outside all locks.</summary>
    public bool Dawdles { get; init; }

    /// <summary>Whether work fails now and then, to be tried again within milliseconds.</summary>
    public bool Fails { get; init; }

    /// <summary>Whether some messages are not to be handed out before a time that they name.</summary>
    public bool Delays { get; init; }

    /// <summary>So many keys: messages with equal ones come one at a time, in order. 0: their order is free.</summary>
    public int Keys { get; init; }

    /// <summary>Whether some work fails always, so that its messages are given up.</summary>
    public bool GivesUp { get; init; }

    /// <summary>Whether somebody deletes the queue meanwhile.</summary>
    public bool Deletes { get; init; }

    /// <summary>Whether writing back fails without having been asked for.</summary>
    public bool HasWeather { get; init; }

    /// <summary>Whether the disk says of some syncs that they are done when they are not.</summary>
    public bool Lies { get; init; }

    /// <summary>Whether anything may fail that a healthy machine does.</summary>
    public bool CanFail => Failing.Count > 0 || HasWeather;

    /// <summary>About so many steps until another process goes on.</summary>
    public int SwitchEvery { get; init; } = 12;

    /// <summary>Every scenario there is.</summary>
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("birth") { IsNew = true, Turns = 2 },
        new("append") { Turns = 8, PaddingMax = 6_000 },
        new("large") { Turns = 2, PaddingMax = 700_000 },
        new("visits") { Visits = 4, Turns = 2 },
        new("roll") { SegmentBytes = 4_096, Turns = 8, PaddingMax = 1_500 },
        new("crowd") { Producers = 3, Turns = 4, SegmentBytes = 8_192, PaddingMax = 1_500 },
        new("consume") { Producers = 1, Consumers = 1, Turns = 8, SegmentBytes = 4_096, PaddingMax = 1_500 },
        new("groups")
        {
            Producers = 1, Consumers = 3, MoreGroups = ["audit"], Visits = 3, Turns = 4, SegmentBytes = 4_096,
            PaddingMax = 1_500,
        },
        new("failed syncs")
        {
            Producers = 2, Consumers = 1, Turns = 5, Failing = [("fdatasync", Errno.InputOutput)],
        },
        new("bad weather") { Producers = 3, Visits = 8, Turns = 1, HasWeather = true, Stops = true, StopsOnceIn = 2 },
        new("failing disk")
        {
            Producers = 2, Consumers = 1, Turns = 4, SegmentBytes = 4_096, PaddingMax = 1_500, FailsOnceIn = 12,
            Failing =
            [
                ("fdatasync", Errno.InputOutput), ("fsync", Errno.InputOutput),
                ("write", Errno.InputOutput),
            ],
        },
        // Whatever a kernel may refuse, the readings among it.
        new("every call may fail")
        {
            Producers = 2, Consumers = 2, Onlookers = 1, Visits = 3, Turns = 3, SegmentBytes = 4_096,
            PaddingMax = 1_500, FailsOnceIn = 150,
            Failing =
            [
                .. new[]
                {
                    "open", "list", "stat", "read", "seek", "map", "lock", "create", "mkdir", "write", "allocate",
                    "truncate", "rename", "unlink", "rmdir", "fsync", "fdatasync",
                }.Select(call => (call, Errno.InputOutput)),
            ],
        },
        new("full disk")
        {
            Producers = 2, Consumers = 1, Turns = 12, SegmentBytes = 8_192, PaddingMax = 1_500, FailsOnceIn = 8,
            Failing =
            [
                ("write", Errno.NoSpace), ("allocate", Errno.NoSpace),
                ("create", Errno.NoSpace), ("rename", Errno.NoSpace),
            ],
        },
        new("kills")
        {
            Producers = 3, Consumers = 3, Onlookers = 1, Visits = 2, Turns = 4, SegmentBytes = 4_096,
            PaddingMax = 1_500, Kills = true, KillsOnceIn = 10,
        },
        new("heirs")
        {
            Lives = 3, Producers = 2, Consumers = 2, Turns = 3, Claims = 6, PaddingMax = 1_500, Kills = true,
            KillsOnceIn = 6,
        },
        new("heirs of a failing disk")
        {
            Lives = 3, Producers = 2, Consumers = 1, Turns = 3, PaddingMax = 1_500, Kills = true, FailsOnceIn = 8,
            Failing = [("fdatasync", Errno.InputOutput)],
        },
        new("stops")
        {
            Producers = 2, Consumers = 3, Visits = 2, Turns = 5, Claims = 20, SegmentBytes = 4_096,
            PaddingMax = 1_500, Stops = true, StopsOnceIn = 4,
        },
        new("slow hands") { Consumers = 3, Turns = 10, Claims = 30, PaddingMax = 600, Dawdles = true },
        new("failures")
        {
            Producers = 2, Consumers = 3, Turns = 5, Claims = 16, PaddingMax = 600, Fails = true, Delays = true,
            Kills = true, KillsOnceIn = 25, Stops = true, StopsOnceIn = 25,
        },
        new("failures in many lives")
        {
            Lives = 3, Producers = 1, Consumers = 2, Turns = 5, Claims = 8, PaddingMax = 600, Fails = true,
            Kills = true, KillsOnceIn = 8,
        },
        new("ordered")
        {
            Producers = 2, Consumers = 3, Turns = 6, Claims = 16, PaddingMax = 600, Keys = 3, Fails = true,
            Delays = true, Kills = true, KillsOnceIn = 20,
        },
        new("dead letters")
        {
            Producers = 1, Consumers = 3, Turns = 6, Claims = 20, PaddingMax = 600, GivesUp = true, Kills = true,
            KillsOnceIn = 40,
        },
        new("dead letters on a full disk")
        {
            Producers = 1, Consumers = 2, Turns = 6, Claims = 16, PaddingMax = 600, GivesUp = true, FailsOnceIn = 6,
            Failing =
            [
                ("write", Errno.NoSpace), ("allocate", Errno.NoSpace), ("create", Errno.NoSpace),
                ("fdatasync", Errno.InputOutput),
            ],
        },
        new("workers") { Producers = 2, Turns = 8, SegmentBytes = 4_096, PaddingMax = 600, Pools = 2 },
        new("killed workers")
        {
            Producers = 2, Turns = 8, SegmentBytes = 4_096, PaddingMax = 600, Pools = 3, Kills = true,
        },
        new("deletion") { IsNew = true, Producers = 2, Consumers = 1, Turns = 3, Deletes = true },
        new("deletion that fails")
        {
            IsNew = true, Producers = 2, Consumers = 1, Turns = 3, Deletes = true, FailsOnceIn = 12,
            Failing =
            [
                ("unlink", Errno.InputOutput), ("rmdir", Errno.InputOutput),
                ("rename", Errno.InputOutput), ("fsync", Errno.InputOutput),
                ("open", Errno.TooManyFiles), ("mkdir", Errno.NoSpace),
            ],
        },
        new("liar") { Producers = 2, Consumers = 1, Turns = 4, SegmentBytes = 4_096, PaddingMax = 1_500, Lies = true },
        new("everything")
        {
            Producers = 3, Consumers = 2, Onlookers = 1, Visits = 2, Turns = 3, MoreGroups = ["audit"],
            SegmentBytes = 4_096, PaddingMax = 1_500, Kills = true, Stops = true, FailsOnceIn = 20,
            Failing =
            [
                ("fdatasync", Errno.InputOutput), ("fsync", Errno.InputOutput),
                ("write", Errno.NoSpace), ("create", Errno.NoSpace),
            ],
        },
    ];
}
