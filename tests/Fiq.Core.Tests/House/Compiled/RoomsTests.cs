using System.Reflection;

namespace Fiq.Tests.House.Compiled;

public sealed class RoomsTests
{
    private const string SampleRoot = "Fiq.Tests.House.Compiled.Sample";

    [Fact]
    public void Arrows_between_rooms_point_one_way()
    {
        var uses = Uses.In(typeof(FiqException).Assembly, "Fiq");
        string.Join('\n', new Rooms("Fiq").Breaches(uses)).Should().BeEmpty();
    }

    [Fact]
    public void The_compiled_types_are_really_read()
    {
        var uses = Uses.In(typeof(FiqException).Assembly, "Fiq");
        uses.Should().Contain(use => use.User == typeof(Fiq.Engine.IQueueEngine) && use.Target == typeof(QueueName));
        uses.Should().Contain(use => use.User == typeof(FiqException) && use.Target == typeof(Exception));
    }

    [Theory]
    [InlineData("Storage.SeesGroupsInABody", "no arrow from Storage to Groups")]
    [InlineData("Storage.HasAGenericField", "no arrow from Storage to Groups")]
    [InlineData("Groups.CatchesStorage", "no arrow from Groups to Storage")]
    [InlineData("Files.ClosesOverGroups", "no arrow from Files to Groups")]
    [InlineData("GroundFloor", "no arrow from Messages to Files")]
    [InlineData("Engine.SeesWorkers", "no arrow from Engine to Workers")]
    [InlineData("Workers.SeesAnEngine", "only the engine's faces")]
    [InlineData("Attic.Unplanned", "no room Attic")]
    public void A_use_against_the_arrows_is_found(string user, string breach)
    {
        var uses = Uses.In(Assembly.GetExecutingAssembly(), SampleRoot)
            .Where(use => use.User.FullName == $"{SampleRoot}.{user}");
        new Rooms(SampleRoot).Breaches(uses).Should().NotBeEmpty().And.OnlyContain(text => text.Contains(breach));
    }

    [Theory]
    [InlineData("Workers.SeesFaces")]
    [InlineData("Storage.SeesFiles")]
    public void A_use_along_the_arrows_is_fine(string user)
    {
        var uses = Uses.In(Assembly.GetExecutingAssembly(), SampleRoot)
            .Where(use => use.User.FullName == $"{SampleRoot}.{user}")
            .ToList();
        uses.Should().Contain(use => use.Target.Namespace!.StartsWith(SampleRoot));
        new Rooms(SampleRoot).Breaches(uses).Should().BeEmpty();
    }
}
