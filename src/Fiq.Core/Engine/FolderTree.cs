using Fiq.Files;

namespace Fiq.Engine;

/// <summary>Removes folders of ours with everything in them.</summary>
internal static class FolderTree
{
    /// <summary>Removes a folder; what is in it is unlinked first, links are not followed.</summary>
    public static void Remove(IDirectory parent, string name)
    {
        using (IDirectory? folder = parent.TryOpenDirectory(name))
        {
            if (folder is null) return;
            RemoveContent(folder);
        }

        parent.TryRemoveDirectory(name);
    }

    /// <summary>Removes everything in a folder.</summary>
    public static void RemoveContent(IDirectory folder)
    {
        foreach (string entry in folder.List())
        {
            if (folder.TryStatus(entry) is { Kind: EntryKind.Directory }) Remove(folder, entry);
            else folder.TryUnlink(entry);
        }
    }
}
