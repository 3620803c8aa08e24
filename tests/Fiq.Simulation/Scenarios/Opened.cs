using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Groups;
using Fiq.Simulation.Facts;
using Fiq.Simulation.Machine;
using Fiq.Storage;

namespace Fiq.Simulation.Scenarios;

/// <summary>A simulated process that has the queue open, with the product's code from the engine downwards.</summary>
internal sealed class Opened : IDisposable
{
    public static readonly QueueName Name = QueueName.Parse("orders");
    private static readonly TimeSpan HeartbeatLimit = TimeSpan.FromSeconds(10);

    private readonly IDirectory _store;
    private readonly AttachedQueue _queue;

    private Opened(SimProcess process, IDirectory store, AttachedQueue queue)
    {
        Process = process;
        _store = store;
        _queue = queue;
        process.Machine.History.Tell(new QueueMade());
    }

    public SimProcess Process { get; }

    /// <summary>Whether opening it created the queue.</summary>
    public bool IsNew => _queue.IsNew;

    public QueueLog Log => _queue.Log;

    public QueueFolder Folder => _queue.Folder;

    public static FolderOptions OptionsOf(SimProcess process) => new()
    {
        Files = process.Files,
        Time = process.Machine.Clock,
        Random = process.Machine.NextRandom,
    };

    /// <summary>Attaches; creates the queue when there is none and settings are given. Null: there is none.</summary>
    public static Opened? TryOpen(SimProcess process, QueueSettings? settings)
    {
        FolderOptions options = OptionsOf(process);
        IDirectory store = process.Files.OpenDirectory("/");
        while (true)
        {
            bool created = settings is not null && store.TryStatus(Name.ToString()) is null
                && new QueueLifecycle(store, options).TryCreate(Name, settings);
            if (AttachedQueue.TryAttach(store, Name, created, options) is AttachedQueue queue)
                return new Opened(process, store, queue);
            // Deleted as soon as it was made: nobody makes it twice.
            if (created) settings = null;
            if (settings is null) return null;
        }
    }

    /// <summary>All messages that are kept and durable.</summary>
    /// <param name="lost">Told of what a repair has recorded as lost.</param>
    public List<(long Offset, string Body)> ReadAll(List<LostMessages>? lost = null)
    {
        using LogReader reader = Log.OpenReader();
        var messages = new List<StoredMessage>();
        LogMark end = Log.Watermark;
        for (long next = Log.FirstOffset; next < end.Offset;)
            next = reader.Read(next, end.Offset, end.Epoch, messages, long.MaxValue, lost);
        return [.. messages.Select(each => (each.Offset, TextOf(each.Message)))];
    }

    /// <summary>Makes messages durable, all or none; the offset of the first.</summary>
    /// <param name="bodies">What they are.</param>
    /// <param name="careMayFail">Whether calls fail here: what is tidied behind a commit is nobody's answer.</param>
    public long Append(IReadOnlyList<string> bodies, bool careMayFail = false)
    {
        using var commit = new EncodedCommit();
        commit.Add([.. bodies.Select(MessageOf)], Folder.Log.UtcMicroseconds);
        commit.Close();
        LogMark before = Log.Watermark;
        long offset = Log.Commit(commit);
        try
        {
            if (Log.NeedsCare(before)) Log.Care();
        }
        catch (Exception error) when (careMayFail && (error is IOException or FiqException))
        {
            // As the product does: the commit is durable, and only room and an index are missing.
            return offset;
        }

        return offset;
    }

    /// <summary>Joins a group; null when there is none of that name.</summary>
    /// <param name="group">Its name.</param>
    /// <param name="ordered">Whether it goes by the order of keys; null: as the others do.</param>
    public (ConsumerGroup Group, IDirectory Directory)? TryJoin(string group, bool? ordered = false)
    {
        IDirectory? directory = Folder.TryOpenGroupDurably(GroupName.Parse(group));
        if (directory is null) return null;
        var options = new GroupOptions(1, HeartbeatLimit, ControlLocks.WaitLimit) { Ordered = ordered };
        return (ConsumerGroup.Attach(directory, Folder.Group, options), directory);
    }

    /// <summary>The dead letters of the queue, made if they are not there.</summary>
    public AttachedQueue AttachDead() => AttachedQueue.AttachDead(_store, Name, OptionsOf(Process));

    /// <summary>A message's body, which says what else it is.</summary>
    /// <exception cref="LawBrokenException">It is something else.</exception>
    public static string TextOf(Message message)
    {
        string body = Encoding.UTF8.GetString(message.Body.Span);
        var traits = new Traits(message.Key.ToString(), message.NotBeforeMicroseconds);
        LawBrokenException.Unless(Traits.Of(body) == traits, "I3", $"{Ledger.Short(body)} has come with{traits}");
        return body;
    }

    /// <summary>What a consumer was given, as the ledger knows it.</summary>
    public static Given GivenOf(Delivery delivery) =>
        new(delivery.Offset, delivery.Token, delivery.Attempt - 1, TextOf(delivery.Message));

    public void Dispose()
    {
        _queue.Dispose();
        _store.Dispose();
    }

    private static Message MessageOf(string body)
    {
        var traits = Traits.Of(body);
        return new Message
        {
            Key = MessageKey.Parse(traits.Key),
            Body = Encoding.UTF8.GetBytes(body),
            ProcessingMicroseconds = 1_000,
            NotBeforeMicroseconds = traits.NotBefore,
        };
    }
}
