using System.Reflection;

namespace Fiq.Tests.House.Compiled;

/// <summary>Something of the platform that must not be used, why, and where it may be used all the same.</summary>
/// <param name="Target">The full name of a type, or of a type and one of its members behind a colon.</param>
/// <param name="Reason">Why not, and what to use.</param>
/// <param name="Allowed">Namespaces and full names of types that may.</param>
internal sealed record BannedCall(string Target, string Reason, params string[] Allowed)
{
    public override string ToString() => Target;

    public bool IsBrokenBy(Use use)
    {
        var parts = Target.Split(':');
        var isTarget = use.Target.FullName == parts[0] && (parts.Length == 1 || IsMember(use.Member, parts[1]));
        return isTarget && !Allowed.Any(place =>
            use.User.FullName == place || Uses.IsBelow(use.User.Namespace, place));
    }

    /// <summary>A member's name; with brackets behind it, only the overload with that many parameters.</summary>
    private static bool IsMember(MethodBase? member, string name)
    {
        var bracket = name.IndexOf('(', StringComparison.Ordinal);
        if (member is null || bracket < 0)
        {
            return member?.Name == name;
        }

        var count = int.Parse(name[(bracket + 1)..^1], System.Globalization.CultureInfo.InvariantCulture);
        return member.Name == name[..bracket] && member.GetParameters().Length == count;
    }
}

/// <summary>What the house does not use.</summary>
internal static class BannedCalls
{
    private const string OwnSync = "it reports no failed fsync on Linux; use IFile.SyncData";
    private const string OneDoor = "Fiq.Files is the only door to the operating system";
    private const string Time = "time comes in as an argument or through the clock";
    private const string Exclusion = "named primitives exclude nobody in another temporary folder; use IFile's locks";
    private const string Streams = "what is said and where is the command line's business";
    private const string Blocking = "storage and groups wait on shared words, never for a time";

    /// <summary>In the library and in the command line.</summary>
    public static IReadOnlyList<BannedCall> Everywhere { get; } =
    [
        new("System.IO.RandomAccess:FlushToDisk", OwnSync),
        new("System.IO.FileStream:Flush(1)", OwnSync),
        new("System.Threading.Mutex:.ctor(2)", Exclusion),
        new("System.Threading.Mutex:.ctor(3)", Exclusion),
        new("System.Threading.Semaphore", Exclusion),
        new("System.Threading.EventWaitHandle:.ctor(3)", Exclusion),
        new("System.DateTime:get_Now", Time),
        new("System.DateTime:get_UtcNow", Time),
        new("System.DateTimeOffset:get_Now", Time),
    ];

    /// <summary>In the library.</summary>
    public static IReadOnlyList<BannedCall> InCore { get; } =
    [
        .. Everywhere,
        new("System.IO.File", OneDoor, "Fiq.Files"),
        new("System.IO.FileInfo", OneDoor, "Fiq.Files"),
        new("System.IO.FileStream", OneDoor, "Fiq.Files"),
        new("System.IO.Directory", OneDoor, "Fiq.Files"),
        new("System.IO.DirectoryInfo", OneDoor, "Fiq.Files"),
        new("System.IO.RandomAccess", OneDoor, "Fiq.Files"),
        new("System.IO.MemoryMappedFiles.MemoryMappedFile", OneDoor, "Fiq.Files"),
        new("System.Runtime.InteropServices.LibraryImportAttribute", OneDoor, "Fiq.Files"),
        new("System.Runtime.InteropServices.DllImportAttribute", OneDoor, "Fiq.Files"),
        new("System.Console", Streams),
        new("System.DateTimeOffset:get_UtcNow", Time, "Fiq.Files"),
        new("System.Diagnostics.Stopwatch", Time, "Fiq.Files"),
        new("System.Environment:get_TickCount", Time, "Fiq.Files"),
        new("System.Environment:get_TickCount64", Time, "Fiq.Files"),
        new("System.Threading.Thread:Sleep", Blocking, "Fiq.Files", "Fiq.Engine", "Fiq.Workers"),
    ];
}
