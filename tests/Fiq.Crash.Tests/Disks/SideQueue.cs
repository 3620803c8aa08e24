using Fiq.Cli.Tests.Processes;

namespace Fiq.Crash.Tests.Disks;

/// <summary>
/// A second queue that is made and deleted in turns while the power goes. Afterwards it is there and usable, or it is
/// not there; and what was said to be done is done.
/// </summary>
internal sealed class SideQueue(LoopDisk disk, string name)
{
    private FiqProcess? _change;
    private bool _exists;
    private int _messages;
    private bool _acknowledged;

    /// <summary>Begins to make it, or to delete it if it is there.</summary>
    public void Change()
    {
        _change = FiqProcess.Start(_exists
            ? disk.Command("queue", "delete", name, "--yes")
            : disk.Command("queue", "create", name, "--segment-bytes", "1MiB"));
    }

    /// <summary>Ends what was begun, after the power has gone.</summary>
    public async Task EndAsync()
    {
        await using var change = _change!;
        await Load.KillAsync(change);
        _acknowledged = (await change.EndAsync()).ExitCode == 0;
        _change = null;
    }

    /// <summary>Looks what has become of it, and uses it.</summary>
    public async Task CheckAsync()
    {
        var listed = await RunAsync("queue", "list", "--json");
        var isThere = listed.Output.Text.Contains($"\"{name}\"", StringComparison.Ordinal);
        if (_acknowledged)
        {
            isThere.Should().Be(!_exists, "that was acknowledged");
            _acknowledged = false;
        }

        if (_exists && !isThere)
        {
            _messages = 0;
        }

        _exists = isThere;
        if (isThere)
        {
            await RunAsync("produce", name, $"m{_messages++}:hello:0");
            var seen = await RunAsync("consume", name, "--group", $"all-{_messages}", "--until-empty");
            seen.Output.Count.Should().Be(_messages, "{0}", seen);
        }
    }

    private async Task<FiqResult> RunAsync(params string[] arguments)
    {
        var result = await FiqProcess.RunAsync(disk.Command(arguments));
        result.ExitCode.Should().Be(0, "{0}", result);
        return result;
    }
}
