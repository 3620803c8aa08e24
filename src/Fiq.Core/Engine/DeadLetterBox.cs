using System.Globalization;
using Fiq.Files;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// One process's way to the dead letters of a queue: puts them there, durably, before their messages are settled.
/// Opened with the first letter. One caller at a time.
/// </summary>
internal sealed class DeadLetterBox(QueueName queue, GroupName group, Func<AttachedQueue> open, FolderOptions options)
    : IAsyncDisposable
{
    private const long ReadBytesMax = 1024 * 1024;

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

    private static HashSet<(GroupName, long)> Present(AttachedQueue box)
    {
        var present = new HashSet<(GroupName, long)>();
        LogMark watermark = box.Log.Watermark;
        using LogReader reader = box.Log.OpenReader();
        var messages = new List<StoredMessage>();
        for (long next = box.Log.FirstOffset; next < watermark.Offset;)
        {
            messages.Clear();
            next = reader.Read(next, watermark.Offset, watermark.Epoch, messages, ReadBytesMax);
            foreach (StoredMessage stored in messages)
                if (DeadLetter.TryRead(stored.Offset, stored.Message) is DeadLetter letter)
                    present.Add(letter.Identity);
        }

        return present;
    }

    private static string WorkerOf(in Settlement end) => string.Create(
        CultureInfo.InvariantCulture, $"{ProcessIdentity.Current.Pid}/{end.Worker}");
}
