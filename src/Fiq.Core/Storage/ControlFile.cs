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

    /// <summary>Maps its page.</summary>
    /// <exception cref="DamagedException">It was cut: a page without its blocks can't be stored into.</exception>
    public static ISharedMemory Map(IFile control, bool writable) => control.Length >= ControlLayout.Size
        ? control.Map(ControlLayout.Size, writable)
        : throw new DamagedException(Name, control.Length, ControlLayout.Size, "the control file was cut");

    /// <exception cref="DamagedException">There is none.</exception>
    public static IFile Open(IDirectory folder, bool writable) => folder.TryOpenFile(Name, writable)
        ?? throw new DamagedException(Name, 0, ControlLayout.Size, "the control file is missing");
}
