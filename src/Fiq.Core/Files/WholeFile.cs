namespace Fiq.Files;

/// <summary>
/// Creates a file that is there whole or not at all: written under a temporary name with real blocks, zeros
/// included, synced, then renamed. The directory is not synced here: the caller knows when that has to happen.
/// The temporary name is the caller's alone (random, or guarded by a lock); a left-over of that name is removed.
/// After an error the temporary file is gone; if not even that works, the file system is broken and says so.
/// </summary>
internal static class WholeFile
{
    // Zeros are written in pieces of this size.
    private const int PieceSize = 64 * 1024;

    /// <summary>Creates the file, replacing one that is there.</summary>
    /// <param name="directory">Where.</param>
    /// <param name="temporaryName">The name under which it is written.</param>
    /// <param name="finalName">The name it gets.</param>
    /// <param name="content">Its first bytes.</param>
    /// <param name="length">Its length; zeros follow the content. At least the content's.</param>
    public static void Replace(
        IDirectory directory, string temporaryName, string finalName, ReadOnlySpan<byte> content, long length)
    {
        WriteTemporary(directory, temporaryName, content, length);
        try
        {
            directory.Rename(temporaryName, finalName);
        }
        catch (FileSystemException)
        {
            directory.TryUnlink(temporaryName);
            throw;
        }
    }

    /// <summary>Creates the file; false, and nothing changed, when the final name is taken.</summary>
    /// <inheritdoc cref="Replace" path="/param" />
    public static bool TryCreate(
        IDirectory directory, string temporaryName, string finalName, ReadOnlySpan<byte> content, long length)
    {
        WriteTemporary(directory, temporaryName, content, length);
        try
        {
            if (directory.TryRenameNoReplace(temporaryName, finalName)) return true;
        }
        catch (FileSystemException)
        {
            directory.TryUnlink(temporaryName);
            throw;
        }

        directory.TryUnlink(temporaryName);
        return false;
    }

    private static void WriteTemporary(IDirectory directory, string name, ReadOnlySpan<byte> content, long length)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(length, content.Length);
        directory.TryUnlink(name);
        using IFile file = directory.CreateFile(name);
        try
        {
            file.Write(content, 0);
            byte[] zeros = new byte[(int)Math.Min(PieceSize, length - content.Length)];
            for (long at = content.Length; at < length; at += zeros.Length)
                file.Write(zeros.AsSpan(0, (int)Math.Min(zeros.Length, length - at)), at);
            file.Sync();
        }
        catch (FileSystemException)
        {
            directory.TryUnlink(name);
            throw;
        }
    }
}
