using Fiq.Tests.House.Compiled.Sample.Files;
using Fiq.Tests.House.Compiled.Sample.Groups;

namespace Fiq.Tests.House.Compiled.Sample.Storage;

internal sealed class SeesGroupsInABody
{
    public static string Name() => typeof(Group).Name;
}

internal sealed class HasAGenericField
{
    public IReadOnlyList<Group[]> Groups { get; } = [];
}

internal sealed class SeesFiles
{
    public static Func<int> Count() => () => new Folder().Count;
}

internal sealed class DamageException : Exception;
