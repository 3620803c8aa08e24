using Fiq.Files;

namespace Fiq.Storage;

/// <summary>The file `control`: what is mapped as the control page is also what is locked.</summary>
internal static class ControlFile
{
    public const string Name = "control";

    /// <summary>
    /// Creates the file whole: real blocks, so that a store into its mapping never finds the disk full.
    /// </summary>
    public static void Create(IDirectory folder) =>
        WholeFile.TryCreate(folder, Name + SegmentBirth.TemporarySuffix, Name, [], ControlLayout.Size);

    /// <exception cref="DamagedException">There is none.</exception>
    public static IFile Open(IDirectory folder, bool writable) => folder.TryOpenFile(Name, writable)
        ?? throw new DamagedException(Name, 0, ControlLayout.Size, "the control file is missing");
}
