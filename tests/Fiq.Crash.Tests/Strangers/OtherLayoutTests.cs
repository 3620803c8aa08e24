using System.Buffers.Binary;
using Fiq.Cli.Tests.Processes;
using Fiq.Crash.Tests.Ledgers;

namespace Fiq.Crash.Tests.Strangers;

/// <summary>
/// A process of another version is attached. There is only this version to run, so the version word of a page that a
/// live process uses is written over: to whoever comes it looks like a page of a later fiq, or of an earlier one.
/// </summary>
public sealed class OtherLayoutTests : IDisposable
{
    private const int VersionAt = 8;
    private const int Busy = 6;

    private readonly LedgeredQueue _queue = new();

    public void Dispose() => _queue.Dispose();

    [Theory]
    [InlineData(2)]
    [InlineData(0)]
    public async Task While_a_process_with_another_page_layout_is_attached_others_are_refused_by_its_name(int layout)
    {
        await _queue.CreateAsync();
        await using var other = await _queue.StartProducerAsync("first");
        SetVersion(_queue.Control, layout);
        var consume = _queue.Fiq("consume", LedgeredQueue.Name, "--until-empty");
        foreach (var command in new[] { _queue.Produce("refused"), consume })
        {
            var refused = await FiqProcess.RunAsync(command);
            refused.ExitCode.Should().Be(Busy, "{0}", refused);
            refused.Errors.Text.Should().Contain($"process {other.Id}").And.Contain($"layout {layout}");
        }

        _queue.WasRefused("refused");
        await _queue.SendAsync(other, "goes-on");
        other.EndInput();
        (await other.EndAsync()).ExitCode.Should().Be(0, "{0}", other.Errors.Text);
        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("after")));
        await _queue.ShouldHaveEverythingAsync();
    }

    [Theory]
    [InlineData(4)]
    [InlineData(2)]
    public async Task While_a_consumer_with_another_layout_of_leases_is_there_others_are_refused_by_its_name(int layout)
    {
        await _queue.StoreAsync(("first", "body"));
        await using var other = FiqProcess.Start(_queue.Fiq("consume", LedgeredQueue.Name, "--json"));
        await other.Output.WaitForCountAsync(1);
        SetVersion(_queue.Leases, layout);
        var refused = await FiqProcess.RunAsync(_queue.Fiq("consume", LedgeredQueue.Name, "--until-empty"));
        refused.ExitCode.Should().Be(Busy, "{0}", refused);
        refused.Errors.Text.Should().Contain($"process {other.Id}").And.Contain("another version");

        _queue.ShouldBeAcked(await FiqProcess.RunAsync(_queue.Produce("after")));
        await other.Output.WaitForCountAsync(2);
        other.Signal(Signal.Terminate);
        var ended = await other.EndAsync();
        ended.ExitCode.Should().Be(0, "{0}", ended);
        await _queue.ShouldHaveEverythingAsync(Printed.In(ended.Output));
    }

    private static void SetVersion(string path, int version)
    {
        using var page = new FileStream(path, FileMode.Open, FileAccess.Write, FileShare.ReadWrite);
        page.Position = VersionAt;
        Span<byte> word = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(word, version);
        page.Write(word);
    }
}
