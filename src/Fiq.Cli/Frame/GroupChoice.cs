using Fiq.Engine;

namespace Fiq.Cli.Frame;

/// <summary>Finds the group that was named among those of a queue.</summary>
internal static class GroupChoice
{
    public static GroupDescription Find(QueueDescription queue, GroupName name)
    {
        foreach (GroupDescription group in queue.Groups)
            if (group.Name == name) return group;
        string there = queue.Groups.Count == 0
            ? $"fiq group create {queue.Name} {name} makes it"
            : $"There is {string.Join(" and ", queue.Groups.Select(group => $"\"{group.Name}\""))}";
        throw new FiqException(
            ErrorCode.GroupNotFound, $"no group \"{name}\" of {queue.Name}", there + ".");
    }
}
