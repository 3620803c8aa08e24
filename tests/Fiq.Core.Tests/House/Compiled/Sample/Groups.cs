using Fiq.Tests.House.Compiled.Sample.Storage;

namespace Fiq.Tests.House.Compiled.Sample.Groups;

internal sealed class Group
{
    public int Count { get; init; }
}

internal sealed class CatchesStorage
{
    public static bool Try(Action action)
    {
        try
        {
            action();
            return true;
        }
        catch (DamageException)
        {
            return false;
        }
    }
}
