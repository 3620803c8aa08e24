using Fiq.Cli.Frame;
using Fiq.Engine.Inspection;

namespace Fiq.Cli.Inspect;

/// <summary>What verify and repair share: the engine's other face, and a queue's dead letters.</summary>
internal static class Inspections
{
    public static IQueueInspection Of(Invocation invocation) =>
        invocation.Engine as IQueueInspection ?? throw new FiqException(
            ErrorCode.Unsupported,
            $"queues in {invocation.Store.Display} are not files of this machine",
            "Run it where they are.");

    /// <summary>Does something to a queue, then to its dead letters if it has any.</summary>
    public static async Task<IReadOnlyList<T>> WithDeadAsync<T>(
        Invocation invocation, QueueName name, Func<QueueName, ValueTask<T?>> act)
        where T : class
    {
        T first = await act(name) ?? throw new FiqException(
            ErrorCode.QueueNotFound, $"no queue \"{name}\" in {invocation.Store.Display}")
        {
            Queue = name.ToString(),
        };
        return !name.IsDead && await act(name.Dead) is T dead ? [first, dead] : [first];
    }
}
