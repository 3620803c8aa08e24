namespace Fiq.Tests.House.Sources;

/// <summary>A rule of style, a reason, and a small file that breaks it: a rule that can't fail is no rule.</summary>
internal sealed record SourceRule(string Name, Func<SourceFile, IEnumerable<Finding>> Find, string BadSample)
{
    public override string ToString() => Name;
}
