namespace Fiq.Crash.Tests.Disks;

public sealed class PowerCutRigTests
{
}
