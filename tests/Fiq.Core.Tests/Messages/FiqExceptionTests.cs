namespace Fiq.Tests.Messages;

public sealed class FiqExceptionTests
{
    [Fact]
    public void Damage_names_the_file_and_the_bytes()
    {
        var error = new DamagedException("00000001.log", 4096, 8192, "its checksum is wrong");
        error.Code.Should().Be(ErrorCode.Damaged);
        (error.File, error.FromPosition, error.ToPosition).Should().Be(("00000001.log", 4096, 8192));
        error.Message.Should().Be("00000001.log is damaged at bytes 4096..8192: its checksum is wrong");
        error.Hint.Should().Contain("Nothing was changed");
    }

    [Fact]
    public void Busy_names_the_holder_when_it_is_known()
    {
        new BusyException("the queue", 4711).Message.Should().Be("the queue is held by process 4711");
        new BusyException("the queue", 0).Message.Should().Be("the queue is held by another process");
        new BusyException("the queue", 4711).Code.Should().Be(ErrorCode.Busy);
    }
}
