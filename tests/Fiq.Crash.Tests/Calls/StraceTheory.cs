using Fiq.Cli.Tests.Scenarios;

namespace Fiq.Crash.Tests.Calls;

/// <summary>As <see cref="StraceFactAttribute"/>, for several scenarios.</summary>
[AttributeUsage(AttributeTargets.Method)]
public sealed class StraceTheoryAttribute : TheoryAttribute
{
    public StraceTheoryAttribute()
    {
        Skip = new StraceFactAttribute().Skip;
    }
}
