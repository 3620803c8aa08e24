using System.Globalization;
using Fiq.Files;

namespace Fiq.Engine;

/// <summary>
/// One process's way to the dead letters of a queue: puts them there, durably, before their messages are settled.
/// Opened with the first letter. One caller at a time.
/// </summary>
internal sealed class DeadLetterBox(QueueName queue, GroupName group, Func<AttachedQueue> open, FolderOptions options)
    : IAsyncDisposable
{
    private AttachedQueue? _box;
    private FolderProducer? _producer;

    /// <summary>
    /// Puts letters there; returns when they are durable. A message whose last attempt was interrupted may have its
    /// letter already: whoever put it there died before he could settle it. Then it gets no second one.
    /// </summary>
    public async ValueTask PutAsync(IReadOnlyList<Settlement> dead)
    {
        _box ??= open();
        _producer ??= new FolderProducer(
            _box.Folder, _box.Log, created: false, options.Time, new ProducerOptions(), named: null, keys: null);
        HashSet<(GroupName, long)> there = dead.Any(end => end.Delivery.WasInterrupted) ? Present(_box) : [];
        Message[] letters =
        [
            .. dead.Where(end => !there.Contains((group, end.Delivery.Offset)))
                .Select(end => DeadLetter.ToMessage(queue, group, end, WorkerOf(end))),
        ];
        // Together they may be larger than one request should be; each is a letter by itself.
        foreach (Message letter in letters) await _producer.ProduceAsync([letter], default).ConfigureAwait(false);
    }

    public async ValueTask DisposeAsync()
    {
        if (_producer is not null) await _producer.DisposeAsync().ConfigureAwait(false);
        else _box?.Dispose();
    }

    // Those that were purged or sent back are no letters any more: the message may have died once more since.
    private static HashSet<(GroupName, long)> Present(AttachedQueue box) =>
        new LetterReader(box.Folder, box.Log.Watermark).Read().Select(letter => letter.Identity).ToHashSet();

    private static string WorkerOf(in Settlement end) => string.Create(
        CultureInfo.InvariantCulture, $"{ProcessIdentity.Current.Pid}/{end.Worker}");
}
