namespace Fiq.Tests.House.Compiled;

/// <summary>
/// The rooms of the core library and the arrows between them. A room is a namespace right below the root; the ground
/// floor, Messages, is the root itself.
/// </summary>
internal sealed class Rooms(string root)
{
    private static readonly Dictionary<string, string[]> Arrows = new()
    {
        [""] = [],
        ["Files"] = [""],
        ["Storage"] = ["", "Files"],
        ["Groups"] = ["", "Files"],
        ["Engine"] = ["", "Files", "Storage", "Groups"],
        ["Workers"] = ["", "Engine"],
        ["Doctor"] = ["", "Files", "Storage", "Engine"],
    };

    /// <summary>The uses that no arrow allows, and types in rooms that the plan does not know.</summary>
    public IEnumerable<string> Breaches(IEnumerable<Use> uses)
    {
        foreach (var use in uses.Where(use => Uses.IsBelow(use.Target.Namespace, root)))
        {
            var from = RoomOf(use.User);
            var to = RoomOf(use.Target);
            if (!Arrows.TryGetValue(from, out var allowed))
            {
                yield return $"{use}: there is no room {from} in the plan";
            }
            else if (from != to && !allowed.Contains(to))
            {
                yield return $"{use}: no arrow from {NameOf(from)} to {NameOf(to)}";
            }
            else if (from == "Workers" && to == "Engine" && !IsFace(use.Target))
            {
                yield return $"{use}: workers see only the engine's faces and values";
            }
        }
    }

    /// <summary>Workers run on any engine: they know interfaces and public values, no implementation.</summary>
    private static bool IsFace(Type type)
    {
        var isRecord = type.GetMethod("<Clone>$") is not null;
        return type.IsVisible && (type.IsInterface || type.IsValueType || isRecord);
    }

    private string RoomOf(Type type)
    {
        var below = type.Namespace![root.Length..].TrimStart('.');
        return below.Split('.')[0];
    }

    private static string NameOf(string room) => room.Length == 0 ? "Messages" : room;
}
