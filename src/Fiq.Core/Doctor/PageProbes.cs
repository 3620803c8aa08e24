using System.Buffers.Binary;
using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>Whether a mapped page is one and the same for two descriptions, and for reads and writes.</summary>
internal sealed class PageProbe : IProbe
{
    public const int PageSize = 4096;

    internal const string Advice =
        "Processes would not see each other's work. Use a local disk (ext4, xfs, btrfs, zfs).";

    public string Name => "shared-page";

    public Finding Run(ProbeRoom room)
    {
        using IFile first = Create(room, "page");
        using IFile second = room.Reopen("page");
        using ISharedMemory ours = first.Map(PageSize, writable: true);
        using ISharedMemory theirs = second.Map(PageSize, writable: true);
        string? wrong = Differ(ours, theirs, second);
        return wrong is null
            ? Finding.Fine(Name, "a mapped page is one for all, and for reads and writes")
            : Finding.Failed(Name, wrong, Advice);
    }

    /// <summary>A page of zeros with real blocks, open.</summary>
    public static IFile Create(ProbeRoom room, string name)
    {
        WholeFile.TryCreate(room.Folder, name + ".tmp", name, [], PageSize);
        return room.Reopen(name);
    }

    private static string? Differ(ISharedMemory ours, ISharedMemory theirs, IFile file)
    {
        const ulong stored = 0x1122_3344_5566_7788;
        ours.Store64(8, stored);
        if (theirs.Load64(8) != stored) return "a store into a mapped page is not seen in the other mapping";
        Span<byte> bytes = stackalloc byte[8];
        file.Read(bytes, 8);
        if (BinaryPrimitives.ReadUInt64LittleEndian(bytes) != stored)
            return "a store into a mapped page is not seen by a read";
        BinaryPrimitives.WriteUInt64LittleEndian(bytes, ~stored);
        file.Write(bytes, 16);
        return ours.Load64(16) == ~stored ? null : "a write is not seen in a mapped page";
    }
}

/// <summary>Whether another process has the same page.</summary>
internal sealed class ProcessPageProbe : IProbe
{
    public string Name => "shared-page-between-processes";

    public Finding Run(ProbeRoom room)
    {
        if (room.Partner is not { } partner) return Finding.Warned(Name, "not tested: there is no second process");
        using IFile file = PageProbe.Create(room, "process-page");
        using ISharedMemory page = file.Map(PageProbe.PageSize, writable: true);
        page.Store32(128, 4711);
        partner.Tell("load process-page 128");
        string seen = partner.Answer();
        partner.Tell("store process-page 192 815");
        string stored = partner.Answer();
        return seen == "4711" && stored == "yes" && page.Load32(192) == 815
            ? Finding.Fine(Name, "processes see each other's stores at once")
            : Finding.Failed(
                Name, $"of 4711 and 815 the processes see {seen} and {page.Load32(192)}", PageProbe.Advice);
    }
}
