using Fiq.Tests.House.Compiled.Sample.Groups;

namespace Fiq.Tests.House.Compiled.Sample.Files;

internal sealed class Folder
{
    public int Count { get; init; }
}

internal sealed class ClosesOverGroups
{
    public static async Task<int> CountAsync(Task<int> count)
    {
        var group = new Group { Count = await count };
        return group.Count;
    }
}
