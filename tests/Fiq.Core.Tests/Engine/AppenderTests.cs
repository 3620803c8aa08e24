using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Storage;
using Fiq.Tests.Doubles;
using Fiq.Tests.Storage;

namespace Fiq.Tests.Engine;

public sealed class AppenderTests : IDisposable
{
    private readonly LogRig _rig = new();
    private readonly Faults _faults = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task Behind_a_request_that_failed_nothing_is_stored_if_so_asked()
    {
        using QueueLog log = _rig.Attach(_faults);
        using var appender = new Appender(log, TimeProvider.System, new ProducerOptions { StopAtFailure = true });
        await FailOneAsync(appender);
        Func<Task> next = async () => await appender.AppendAsync([Message("behind")]);
        (await next.Should().ThrowAsync<FiqException>()).Which.Code.Should().Be(ErrorCode.DiskFull);
        LogRig.ReadAll(log).Should().BeEmpty();
    }

    [Fact]
    public async Task Otherwise_each_request_is_tried()
    {
        using QueueLog log = _rig.Attach(_faults);
        using var appender = new Appender(log, TimeProvider.System, new ProducerOptions());
        await FailOneAsync(appender);
        (await appender.AppendAsync([Message("next")])).FirstOffset.Should().Be(0);
    }

    private static Message Message(string body) => new() { Body = Encoding.UTF8.GetBytes(body) };

    private async Task FailOneAsync(Appender appender)
    {
        // Only what is appended fails: the zeros that erase it do not.
        _faults.ErrorOf = LogCalls.FailingOnce("write", Errno.NoSpace);
        Func<Task> first = async () => await appender.AppendAsync([Message("refused")]);
        (await first.Should().ThrowAsync<FiqException>()).Which.Code.Should().Be(ErrorCode.DiskFull);
    }
}
