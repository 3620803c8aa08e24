using System.Reflection;
using Fiq.Tests.House.Compiled;

namespace Fiq.Cli.Tests.House;

public sealed class BannedCallsTests
{
    [Fact]
    public void The_command_line_does_not_use_what_the_house_bans()
    {
        var uses = Uses.In(Assembly.Load("fiq"), "Fiq.Cli")
            .SelectMany(use => BannedCalls.Everywhere.Where(banned => banned.IsBrokenBy(use)),
                (use, banned) => $"{use}: {banned.Reason}");
        string.Join('\n', uses).Should().BeEmpty();
    }
}
