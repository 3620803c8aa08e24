using System.Runtime.CompilerServices;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Storage;

namespace Fiq.Engine;

/// <summary>
/// The dead letters of a queue as whoever looks after them sees them: those that the group <c>default</c> of their
/// queue has not settled. The same letter may lie there twice.
/// </summary>
internal sealed class FolderDeadLetters(AttachedQueue box) : IDisposable
{
    /// <summary>The letters, oldest first, each once.</summary>
    public IEnumerable<DeadLetter> ReadOnce() => Read().DistinctBy(letter => letter.Identity);

    /// <summary>Sends letters to their queue, each for its group alone; they still lie here, too.</summary>
    public static async ValueTask SendBackAsync(
        IEnumerable<DeadLetter> letters, IQueueProducer producer, CancellationToken cancellation)
    {
        await using ConfiguredAsyncDisposable closing = producer.ConfigureAwait(false);
        foreach (DeadLetter letter in letters)
            await producer.ProduceAsync([letter.ToRetry()], cancellation).ConfigureAwait(false);
    }

    /// <summary>
    /// Takes letters away, and all that are the same; returns how many went. What a consumer of the dead letters holds
    /// stays. Durable when it returns.
    /// </summary>
    public int Remove(IEnumerable<DeadLetter> letters)
    {
        var identities = letters.Select(letter => letter.Identity).ToHashSet();
        var copies = Read().Where(letter => identities.Contains(letter.Identity))
            .ToDictionary(letter => letter.LetterOffset, letter => (letter.Identity, Work(letter)));
        var declared = new SortedDictionary<long, long>(
            copies.ToDictionary(copy => copy.Key, copy => copy.Value.Item2));
        using IDirectory folder = OpenGroup();
        using var group = ConsumerGroup.Attach(folder, Context, GroupOptions.OfAdministration(ControlLocks.WaitLimit));
        IReadOnlyList<long> gone = group.Discard(discard => discard.These(declared));
        group.Flush();
        return gone.Select(offset => copies[offset].Identity).Distinct().Count();
    }

    public void Dispose() => box.Dispose();

    private GroupContext Context => box.Folder.GroupOf(GroupName.Default);

    /// <summary>The letters, oldest first, each as often as it lies there.</summary>
    public IEnumerable<DeadLetter> Read() => new LetterReader(box.Folder, box.Log.Watermark).Read();

    private IDirectory OpenGroup() => box.Folder.TryOpenGroupDurably(GroupName.Default)
        ?? throw new FiqException(ErrorCode.GroupNotFound, $"queue \"{box.Folder.Name}\" has no group default");

    private static long Work(DeadLetter letter) => letter.Message.ProcessingMicroseconds;
}
