using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class SystemCheckTests
{
    [Fact]
    public void This_system_passes_and_may_be_asked_again()
    {
        SystemCheck.Run();
        SystemCheck.Run();
    }
}
