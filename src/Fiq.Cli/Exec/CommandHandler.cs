using System.Globalization;
using System.Text;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Workers;
using Microsoft.Win32.SafeHandles;

namespace Fiq.Cli.Exec;

/// <summary>
/// Work that is a command: one process per message, the body on its stdin, what is known of the message in its
/// environment. Exit 0 is done, 65 dead, 255 ends this consumer, anything else has failed.
/// </summary>
internal sealed class CommandHandler : IMessageHandler, IDisposable
{
    /// <summary>EX_DATAERR of sysexits.h: the input is wrong, and will be next time.</summary>
    private const int ExitDead = 65;

    /// <summary>As ssh and xargs use it: it is not the message, nothing works here.</summary>
    private const int ExitStop = 255;

    /// <summary>How often to look whether the readers of our outputs have caught up.</summary>
    private static readonly TimeSpan RoomPoll = TimeSpan.FromMilliseconds(20);

    private static readonly NativeEnvironment Environment = new(
        "FIQ_KEY", "FIQ_OFFSET", "FIQ_QUEUE", "FIQ_GROUP", "FIQ_ATTEMPT", "FIQ_TIME", "FIQ_STORE");

    private readonly (string Queue, string Group, string Store) _place;
    private readonly LineMerger _output;
    private readonly LineMerger _errors;
    private readonly NativeWords _words;
    private readonly Guardian _guardian;
    private readonly ChildLoop _loop;
    private readonly bool _tag;

    public CommandHandler(
        ExecOptions options, QueueName queue, GroupName group, string store, LineMerger output, LineMerger errors)
    {
        _place = (queue.ToString(), group.ToString(), store);
        (_output, _errors, _tag) = (output, errors, options.Tag);
        ChildCalls.HearOfChildren();
        _words = new NativeWords(options.Words);
        _guardian = new Guardian();
        _loop = new ChildLoop(_guardian.Forget);
        _output.RoomMade += _loop.RoomMade;
        _errors.RoomMade += _loop.RoomMade;
    }

    public async ValueTask HandleAsync(Delivery delivery, int worker, CancellationToken cancellation)
    {
        while (!_output.HasRoom || !_errors.HasRoom)
            await Task.Delay(RoomPoll, cancellation).ConfigureAwait(false);
        ChildProcess child = Start(delivery);
        ChildEnd end;
        using (cancellation.UnsafeRegister(static child => ((ChildProcess)child!).Stop(), child))
            end = await child.Ended.ConfigureAwait(false);
        if (end.HasExitedWith(0)) return;
        // How it ended then was our doing.
        cancellation.ThrowIfCancellationRequested();
        if (end.HasExitedWith(ExitDead)) throw new PoisonException(end.ToString());
        if (end.HasExitedWith(ExitStop)) throw new StopConsumingException(end.ToString());
        throw new CommandFailedException(end.ToString());
    }

    /// <summary>Ends what still runs, with all it has started.</summary>
    public void Dispose()
    {
        _output.RoomMade -= _loop.RoomMade;
        _errors.RoomMade -= _loop.RoomMade;
        _loop.KillAll();
        _loop.Dispose();
        _guardian.Dispose();
        _words.Dispose();
    }

    private ChildProcess Start(Delivery delivery)
    {
        (SafeFileHandle childInput, SafeFileHandle input) = ChildCalls.Pipe();
        using (childInput)
        {
            (SafeFileHandle output, SafeFileHandle childOutput) = ChildCalls.Pipe();
            using (childOutput)
            {
                (SafeFileHandle errors, SafeFileHandle childErrors) = ChildCalls.Pipe();
                using (childErrors)
                {
                    foreach (SafeFileHandle ours in (ReadOnlySpan<SafeFileHandle>)[input, output, errors])
                        ChildCalls.DoNotWait(ours);
                    int pid = Spawn(delivery, childInput, childOutput, childErrors);
                    return Begin(delivery, pid, input, output, errors);
                }
            }
        }
    }

    private unsafe int Spawn(Delivery delivery, SafeFileHandle input, SafeFileHandle output, SafeFileHandle errors)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        Message message = delivery.Message;
        byte** words = _words.List;
        return Environment.With(
            [
                message.Key.ToString(),
                delivery.Offset.ToString(invariant),
                _place.Queue,
                _place.Group,
                delivery.Attempt.ToString(invariant),
                JsonMessageWriter.Seconds(message.ProcessingMicroseconds).ToString("0.######", invariant),
                _place.Store,
            ],
            environment => Spawner.Start(words, environment, input, output, errors));
    }

    /// <summary>
    /// In this order: the guardian hears of it, and then it may begin. If we die in between, its stdin ends before the
    /// line that it waits for.
    /// </summary>
    private ChildProcess Begin(
        Delivery delivery, int pid, SafeFileHandle input, SafeFileHandle output, SafeFileHandle errors)
    {
        byte[] tag = _tag ? Encoding.UTF8.GetBytes(TagOf(delivery) + "\t") : [];
        try
        {
            var child = new ChildProcess(
                pid, input, delivery.Message.Body,
                new ChildOutput(output, new ChildLines(_output, tag, keepsLast: false)),
                new ChildOutput(errors, new ChildLines(_errors, tag, keepsLast: true)));
            _guardian.Watch(pid);
            _loop.Watch(child);
            return child;
        }
        catch
        {
            // It can't be seen to its end, so it must not begin.
            _ = PosixCalls.Kill(-pid, PosixCalls.SignalKill);
            _ = ChildCalls.Wait(pid, out _, 0);
            throw;
        }
    }

    private static string TagOf(Delivery delivery) => delivery.Message.Key.IsEmpty
        ? string.Create(CultureInfo.InvariantCulture, $"#{delivery.Offset}")
        : delivery.Message.Key.ToString();
}

/// <summary>A command ended with anything but 0.</summary>
internal sealed class CommandFailedException(string how) : Exception(how);
