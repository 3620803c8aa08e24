namespace Fiq.Tests.Messages;

/// <summary>Scripts, clients and dashboards are written against these names and numbers.</summary>
public sealed class ErrorCodesTests
{
    [Theory]
    [InlineData(ErrorCode.Failed, "failed", 1)]
    [InlineData(ErrorCode.BadRequest, "bad-request", 2)]
    [InlineData(ErrorCode.BadLine, "bad-line", 3)]
    [InlineData(ErrorCode.Forbidden, "forbidden", 5)]
    [InlineData(ErrorCode.QueueNotFound, "queue-not-found", 4)]
    [InlineData(ErrorCode.GroupNotFound, "group-not-found", 4)]
    [InlineData(ErrorCode.MessageNotFound, "message-not-found", 4)]
    [InlineData(ErrorCode.QueueExistsDifferent, "queue-exists-different", 6)]
    [InlineData(ErrorCode.GroupActive, "group-active", 6)]
    [InlineData(ErrorCode.NotEmpty, "not-empty", 6)]
    [InlineData(ErrorCode.LeaseLost, "lease-lost", 1)]
    [InlineData(ErrorCode.MessageTooLarge, "message-too-large", 8)]
    [InlineData(ErrorCode.QueueFull, "queue-full", 8)]
    [InlineData(ErrorCode.DiskFull, "disk-full", 8)]
    [InlineData(ErrorCode.ReadOnly, "read-only", 8)]
    [InlineData(ErrorCode.Busy, "busy", 6)]
    [InlineData(ErrorCode.Damaged, "damaged", 7)]
    [InlineData(ErrorCode.Unknown, "unknown", 1)]
    [InlineData(ErrorCode.NothingReceived, "nothing-received", 9)]
    [InlineData(ErrorCode.Unsupported, "unsupported", 1)]
    public void Each_has_its_name_and_its_exit_status(ErrorCode code, string name, int exit)
    {
        code.Name().Should().Be(name);
        code.Exit().Should().Be(exit);
    }

    [Fact]
    public void Every_code_is_in_the_table_under_a_name_of_its_own()
    {
        ErrorCode[] codes = Enum.GetValues<ErrorCode>();
        codes.Select(code => code.Name()).Should().OnlyHaveUniqueItems().And.HaveCount(20);
    }
}
