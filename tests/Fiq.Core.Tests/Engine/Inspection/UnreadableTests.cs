using Fiq.Engine;
using Fiq.Engine.Inspection;
using Fiq.Files;

namespace Fiq.Tests.Engine.Inspection;

/// <summary>Sectors that a disk can't read any more are damage like any other, and cost what lies in them.</summary>
public sealed class UnreadableTests
{
    [Fact]
    public async Task A_sector_that_cannot_be_read_costs_its_own_message_and_a_repair_saves_the_others()
    {
        using InspectionRig rig = await InspectionRig.MakeAsync();
        (string path, long from, long to) = rig.PlaceOf(4);
        string segment = Path.GetFileName(path);
        var engine = FolderEngine.Open(rig.Engine.Path, new FolderOptions
        {
            Files = new BadSectors(new PosixFileSystem(), name => name == segment, from + 200, from + 201),
        });
        QueueInspection? found = await engine.VerifyAsync(EngineRig.Orders, CancellationToken.None);
        found!.Damages.Should().ContainSingle().Which.Should().BeEquivalentTo(
            new { File = segment, FromPosition = from, ToPosition = to, FromOffset = 4L, ToOffset = 5L });
        await engine.RepairAsync(EngineRig.Orders, dryRun: false, CancellationToken.None);
        (await rig.DeliveredAsync()).Should().Equal(0, 1, 2, 3, 5, 6, 7, 8);
    }
}
