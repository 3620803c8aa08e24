using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Simulation.Persistence;
using Fiq.Simulation.Scenarios;
using Fiq.Storage;

namespace Fiq.Simulation.Laws;

/// <summary>
/// Repairs a queue of which one place has rotten, lets the power fail in the middle, and repairs it again. Nothing is
/// lost that does not touch that place, by the second repair no more than by the first; the spoilt file is kept,
/// nothing is changed, and no offset that was ever given out is given out again.
/// </summary>
/// <param name="ledger">What must be there, or be recorded as lost.</param>
/// <param name="rot">What has rotten, and what it was.</param>
/// <param name="random">Decides where the power fails, and what it leaves.</param>
internal sealed class RepairSearch(Ledger ledger, RottenPlace rot, Random random)
{
    private const int CutsMax = 4;
    private const int ImagesMax = 2;

    private static readonly Guid NextBoot = new("00000000-0000-0000-0000-000000000003");

    private static readonly Profile[] PowerCuts = [Profile.P1, Profile.P3, Profile.P4, Profile.P5];

    /// <summary>Runs on a disk that opening has refused.</summary>
    /// <exception cref="LawBrokenException">A law does not hold.</exception>
    public void Run(Guid boot, DiskRules rules)
    {
        var machine = new SimMachine(rot.Disk, boot, new Random(random.Next()));
        SimProcess repairer = machine.Start("repairer");
        try
        {
            Repair(repairer);
        }
        catch (FiqException error)
            when (error.Code is ErrorCode.Unsupported || (error.Code is ErrorCode.Damaged && rot.IsOfSettings))
        {
            // What says that it is of a newer fiq is not touched; where no file says which queue it is, nothing can be
            // done. Either is said.
            return;
        }

        int count = machine.History.Count;
        repairer.Kill();
        (long first, HashSet<long> lost) = Check(machine, "the one who opens what was repaired");
        LawBrokenException.Unless(
            lost.IsSubsetOf(rot.Touched()), "I10", $"of offsets {string.Join(", ", lost)} not all were rotten");
        var model = new CrashModel(machine.History, rules, random);
        HashSet<int> cuts = [.. Enumerable.Range(0, CutsMax).Select(_ => random.Next(1, count + 1))];
        for (int cut = 1; cut <= count; cut++)
        {
            model.Advance();
            if (!cuts.Contains(cut)) continue;
            var images = new CrashImages(model, random, ImagesMax);
            foreach (CrashImage image in PowerCuts.SelectMany(images.Of))
                RepairAgain(image.Disk, first, lost, $"event {cut}, {image.Name}");
        }
    }

    private void RepairAgain(DiskImage disk, long firstBefore, HashSet<long> lostBefore, string where)
    {
        var machine = new SimMachine(disk, NextBoot, new Random(random.Next()));
        SimProcess repairer = machine.Start("second repairer");
        Repair(repairer);
        repairer.Kill();
        (long first, HashSet<long> lost) = Check(machine, "the one who opens what was repaired twice");
        lost.ExceptWith(lostBefore);
        LawBrokenException.Unless(
            lost.Count == 0, "I10", $"the power cut in the repair ({where}) has lost {string.Join(", ", lost)}");
        LawBrokenException.Unless(
            first <= firstBefore, "I10", $"the power cut in the repair ({where}) has lost all before offset {first}");
    }

    private void Repair(SimProcess process)
    {
        using IDirectory store = process.Files.OpenDirectory("/");
        using IDirectory folder = store.TryOpenDirectory(Opened.Name.ToString())!;
        new QueueRepair(Opened.Name, folder, Opened.OptionsOf(process)).Run();
        LawBrokenException.Unless(rot.IsKeptOn(process.Machine.History.Now), "I10", $"the spoilt file is gone");
    }

    /// <summary>Measures what a repair has left, and goes on with the work.</summary>
    /// <returns>
    /// The first offset that is kept, 0 when all groups have settled what was before it; and those that are lost.
    /// </returns>
    private (long First, HashSet<long> Lost) Check(SimMachine machine, string name)
    {
        SimProcess process = machine.Start(name);
        using Opened opened = Opened.TryOpen(process, settings: null)!;
        var lost = new List<LostMessages>();
        Dictionary<long, string> messages = opened.ReadAll(lost).ToDictionary(each => each.Offset, each => each.Body);
        HashSet<long> gone = [.. lost.SelectMany(each => Inspection.Range(each.From, each.To))];
        long first = opened.Log.FirstOffset;
        bool isAllNeededThere = first <= (opened.Folder.SmallestDurableFloor() ?? 0);
        foreach (long offset in Inspection.Range(first, opened.Log.Watermark.Offset))
            LawBrokenException.Unless(
                messages.ContainsKey(offset) || gone.Contains(offset), "I12",
                $"offset {offset} is neither here nor lost");
        foreach ((long offset, string body) in ledger.Acknowledged.Concat(ledger.Seen))
        {
            LawBrokenException.Unless(
                offset < opened.Log.Watermark.Offset, "I12", $"offset {offset} would be given out again");
            string found = messages.GetValueOrDefault(offset, body);
            LawBrokenException.Unless(
                found == body, "I10", $"offset {offset} was {Ledger.Short(body)} and is {Ledger.Short(found)}");
        }

        opened.Append([$"{name} 0.0"]);
        foreach (GroupName group in opened.Folder.GroupNames()) Drain(opened, group);
        process.Kill();
        return (isAllNeededThere ? 0 : first, gone);
    }

    /// <summary>All that is there can be taken, and the group comes to the end.</summary>
    private static void Drain(Opened opened, GroupName name)
    {
        (ConsumerGroup group, IDirectory directory) = opened.TryJoin(name.ToString(), ordered: null)!.Value;
        using (directory)
        using (group)
        {
            using var claimer = new Claimer(opened.Log, group, name, opened.Process.Machine.Clock);
            while (Draining.Next(opened, group, claimer) is { Count: > 0 } deliveries)
            {
                SettledOffset[] ends =
                    [.. deliveries.Select(each => new SettledOffset(each.Token, each.Offset, 1_000, Done: true))];
                group.Settle(ends, new bool[ends.Length]);
            }

            LawBrokenException.Unless(
                group.Flush() == opened.Log.Watermark.Offset, "I14", $"{name} is not drained after a repair");
        }
    }
}
