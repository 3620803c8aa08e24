namespace Fiq.Cli.Tests.Scenarios;

/// <summary>Scenarios of many processes run one by one, when all else is done: each has the whole machine.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
public sealed class Alone
{
    public const string Name = "alone";
}
