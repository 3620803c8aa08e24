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
    // Together in one commit as long as they are small.
    private const long RequestBytesMax = 1024 * 1024;

    /// <summary>
    /// The letters, oldest first, each once, and each with the places of its copies: looked for before the first one
    /// is told, so that taking some away needs no search.
    /// </summary>
    public IEnumerable<DeadLetter> ReadOnce()
    {
        var reader = new LetterReader(box.Folder, box.Log.Watermark);
        var copies = new LetterCopies(reader.Read());
        foreach (DeadLetter letter in reader.Read())
            if (!copies.IsCopy(letter)) yield return letter with { Place = new(Box, copies.OffsetsOf(letter)) };
    }

    /// <summary>
    /// Sends letters to their queue, each for its group alone; they still lie here, too. Those that are back are added
    /// to <paramref name="sent"/>, also when others are refused.
    /// </summary>
    public static async ValueTask SendBackAsync(
        IReadOnlyList<DeadLetter> letters,
        IQueueProducer producer,
        List<DeadLetter> sent,
        CancellationToken cancellation)
    {
        await using ConfiguredAsyncDisposable closing = producer.ConfigureAwait(false);
        while (sent.Count < letters.Count)
        {
            Message[] request = NextRequest(letters.Skip(sent.Count));
            int stored = 0;
            try
            {
                await producer.ProduceAsync(request, cancellation).ConfigureAwait(false);
                stored = request.Length;
            }
            catch (PartlyStoredException error)
            {
                stored = error.Stored.Count;
                throw;
            }
            finally
            {
                sent.AddRange(letters.Skip(sent.Count).Take(stored));
            }
        }
    }

    /// <summary>
    /// Takes letters away, and all that are the same; returns how many went. What a consumer of the dead letters holds
    /// stays. Durable when it returns.
    /// </summary>
    public int Remove(IReadOnlyList<DeadLetter> letters)
    {
        Dictionary<long, DeadLetter> lying = Find(letters);
        var declared = new SortedDictionary<long, long>(
            lying.ToDictionary(pair => pair.Key, pair => pair.Value.Message.ProcessingMicroseconds));
        using IDirectory folder = OpenGroup();
        using var group = ConsumerGroup.Attach(folder, Context, GroupOptions.OfAdministration(ControlLocks.WaitLimit));
        IReadOnlyList<long> gone = group.Discard(discard => discard.These(declared));
        group.Flush();
        return gone.Select(offset => lying[offset].Identity).Distinct().Count();
    }

    public void Dispose() => box.Dispose();

    private GroupContext Context => box.Folder.GroupOf(GroupName.Default);

    private ulong Box => box.Folder.Log.QueueId;

    /// <summary>
    /// Where letters and their copies lie. Those that were read here say so; for others everything is searched.
    /// </summary>
    private Dictionary<long, DeadLetter> Find(IReadOnlyList<DeadLetter> letters)
    {
        var lying = new Dictionary<long, DeadLetter>();
        var unknown = new HashSet<(GroupName Group, long Offset)>();
        foreach (DeadLetter letter in letters)
        {
            if (letter.Place?.Box != Box) unknown.Add(letter.Identity);
            else foreach (long offset in letter.Place.Offsets) lying[offset] = letter;
        }

        if (unknown.Count == 0) return lying;
        foreach (DeadLetter letter in new LetterReader(box.Folder, box.Log.Watermark).Read())
            if (unknown.Contains(letter.Identity)) lying[letter.LetterOffset] = letter;
        return lying;
    }

    private static Message[] NextRequest(IEnumerable<DeadLetter> letters)
    {
        long bytes = 0;
        return [.. letters.TakeWhile((letter, index) =>
            (bytes += letter.Message.Body.Length) <= RequestBytesMax || index == 0)
            .Select(letter => letter.ToRetry())];
    }

    private IDirectory OpenGroup() => box.Folder.TryOpenGroupDurably(GroupName.Default)
        ?? throw new FiqException(ErrorCode.GroupNotFound, $"queue \"{box.Folder.Name}\" has no group default");
}
