using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Storage;

/// <summary>
/// Members come and go, are killed anywhere, syncs fail, disks are full, boots pass. A model remembers what was
/// acknowledged: it is at its offset with its bytes, once, for ever.
/// </summary>
public sealed class RandomScheduleTests
{
    private const int Steps = 120;

    /// <summary>The fixed seeds, or as many as FIQ_LOG_SEEDS says.</summary>
    public static TheoryData<int> Seeds() => [.. Enumerable.Range(
        1, int.TryParse(Environment.GetEnvironmentVariable("FIQ_LOG_SEEDS"), out int count) ? count : 8)];

    [Theory]
    [MemberData(nameof(Seeds))]
    public void Nothing_acknowledged_is_ever_lost_or_changed(int seed)
    {
        using var run = new Run(seed);
        for (int i = 0; i < Steps; i++) run.Step();
        run.Recover();
    }

    private sealed class Run(int seed) : IDisposable
    {
        private readonly Random _random = new(seed);
        private readonly LogRig _rig = new(LogRig.SmallSegmentBytes);
        private readonly List<(QueueLog Log, Faults Faults)> _members = [];
        private readonly SortedDictionary<long, string> _acknowledged = [];
        private readonly HashSet<string> _attempted = [];
        private int _next;

        public void Step()
        {
            if (_members.Count == 0) Attach();
            switch (_random.Next(20))
            {
                case 0 when _members.Count < 4: Attach(); break;
                case 1: Leave(Any()); break;
                case 2: Kill(Any()); break;
                case 3: Fail(Any(), "fdatasync", Errno.InputOutput); break;
                case 4: Fail(Any(), "write", Errno.NoSpace); break;
                case 5: Fail(Any(), "create", Errno.NoSpace); break;
                case 6: _members[Any()].Log.Care(); break;
                case 7 when _random.Next(3) == 0: Recover(); break;
                default: Append(_members[Any()]); break;
            }
        }

        /// <summary>All are gone, perhaps with the machine; the next one finds what was acknowledged.</summary>
        public void Recover()
        {
            while (_members.Count > 0) Leave(0);
            if (_random.Next(3) == 0) _rig.Reboot();
            if (_random.Next(6) == 0) TornEnd.WipePage(_rig);
            Check(_rig.Reopened());
        }

        public void Dispose()
        {
            while (_members.Count > 0) Leave(0);
            _rig.Dispose();
        }

        private int Any() => _random.Next(_members.Count);

        private void Attach()
        {
            var faults = new Faults();
            _members.Add((_rig.Attach(faults), faults));
        }

        private void Leave(int index)
        {
            _members[index].Log.Abandon();
            _members.RemoveAt(index);
        }

        private void Kill(int index)
        {
            (QueueLog log, Faults faults) = _members[index];
            faults.KillAfter(_random.Next(60));
            bool killed = LogCalls.Dies(() =>
            {
                for (int i = 0; i < 4; i++) Append((log, faults));
            });
            faults.KillAfter(long.MaxValue);
            if (killed) Leave(index);
        }

        private void Fail(int index, string call, Errno errno)
        {
            (QueueLog log, Faults faults) = _members[index];
            faults.ErrorOf = LogCalls.FailingOnce(call, errno);
            for (int i = 0; i < 3; i++) Append((log, faults));
            faults.ErrorOf = (_, _) => Errno.None;
        }

        private void Append((QueueLog Log, Faults Faults) member)
        {
            string[] bodies =
            [
                .. Enumerable.Range(0, _random.Next(1, 4))
                    .Select(_ => $"{_next++}:{new string('.', _random.Next(2000))}"),
            ];
            _attempted.UnionWith(bodies);
            try
            {
                long offset = member.Log.Append(bodies);
                foreach (string body in bodies) _acknowledged.Add(offset++, body);
            }
            catch (FiqException error)
            {
                error.Code.Should().Be(ErrorCode.DiskFull);
                _attempted.ExceptWith(bodies);
            }

            if (_random.Next(10) == 0) Check(LogRig.ReadAll(member.Log));
        }

        private void Check(List<(long Offset, string Body)> read)
        {
            var found = read.ToDictionary(each => each.Offset, each => each.Body);
            foreach ((long offset, string body) in _acknowledged)
                found.GetValueOrDefault(offset).Should().Be(body, "seed {0}, offset {1}", seed, offset);
            read.Select(each => each.Offset).Should().Equal(Enumerable.Range(0, read.Count).Select(i => (long)i));
            read.Select(each => each.Body).Should().OnlyHaveUniqueItems();
            read.Select(each => each.Body).Except(_attempted).Should().BeEmpty("nothing is invented");
        }
    }
}
