namespace Fiq.Cli.Frame;

/// <summary>A name that was mistyped makes a new queue; this says so, and which names look like it.</summary>
internal static class NewQueue
{
    public static async ValueTask<string> SentenceAsync(Invocation invocation, QueueName queue)
    {
        IReadOnlyList<QueueName> known = await invocation.Engine.ListAsync(CancellationToken.None);
        string wanted = queue.ToString();
        IReadOnlyList<string> similar =
            Similar.To(wanted, known.Select(name => name.ToString()).Where(name => name != wanted));
        string also = similar.Count == 0
            ? ""
            : $" (there is also {string.Join(" and ", similar.Select(name => $"\"{name}\""))})";
        return $"new queue {queue} in {invocation.Store.Display}{also}";
    }
}
