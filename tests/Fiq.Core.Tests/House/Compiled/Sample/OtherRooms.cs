using Fiq.Tests.House.Compiled.Sample.Engine;
using Fiq.Tests.House.Compiled.Sample.Files;

namespace Fiq.Tests.House.Compiled.Sample
{
    internal sealed class GroundFloor
    {
        public static int Count(Folder folder) => folder.Count;
    }
}

namespace Fiq.Tests.House.Compiled.Sample.Engine
{
    public interface IFace
    {
        ValueOfTheFace Value { get; }
    }

    public sealed record ValueOfTheFace(int Count);

    internal sealed class FolderOfMessages : IFace
    {
        public ValueOfTheFace Value => new(1);
    }

    internal sealed class SeesWorkers
    {
        public Workers.SeesFaces? Pool { get; init; }
    }
}

namespace Fiq.Tests.House.Compiled.Sample.Workers
{
    internal sealed class SeesFaces(IFace face)
    {
        public int Count => face.Value.Count;
    }

    internal sealed class SeesAnEngine
    {
        public static IFace Open() => new FolderOfMessages();
    }
}

namespace Fiq.Tests.House.Compiled.Sample.Attic
{
    internal sealed class Unplanned
    {
        public static int Count(Folder folder) => folder.Count;
    }
}
