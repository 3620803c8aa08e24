using System.Globalization;
using Fiq.Files;

namespace Fiq.Doctor;

/// <summary>
/// What a partner can be asked, one line each: <c>lock FILE AT</c> (exclusive; yes or no), <c>lock-folder NAME</c>,
/// <c>load FILE AT</c>, <c>store FILE AT VALUE</c>, and <c>pong FILE ROUNDS MILLISECONDS</c>: answers each number that
/// appears in the first word of the page by putting it into the second, asleep in between.
/// </summary>
public sealed class PartnerDesk : IDisposable
{
    /// <summary>Where the word stands that the partner waits for, and the one in which it answers.</summary>
    internal const int AskedAt = 0;

    /// <summary>The word in which the partner answers; in a cache line of its own.</summary>
    internal const int AnsweredAt = 64;

    // Whoever asks may have given up, or be dead.
    private const int IdleWaitsMax = 12;

    private readonly IDirectory _folder;
    private readonly Dictionary<string, IFile> _files = [];
    private readonly List<IDisposable> _held = [];

    internal PartnerDesk(IFileSystem files, string folder) => _folder = files.OpenDirectory(folder);

    /// <summary>Serves a process: answers the lines of its input until that ends.</summary>
    public static void Serve(string folder, TextReader requests, TextWriter answers)
    {
        using var desk = new PartnerDesk(new PosixFileSystem(), folder);
        while (requests.ReadLine() is string request)
        {
            answers.WriteLine(desk.Answer(request));
            answers.Flush();
        }
    }

    /// <summary>Gives everything up, as its death would.</summary>
    public void Dispose()
    {
        _held.ForEach(each => each.Dispose());
        foreach (IFile file in _files.Values) file.Dispose();
        _folder.Dispose();
    }

    internal string Answer(string request)
    {
        string[] words = request.Split(' ');
        try
        {
            return words[0] switch
            {
                "lock" => YesOrNo(Open(words[1]).TryLock(Number(words[2]), exclusive: true)),
                "lock-folder" => YesOrNo(TryLockFolder(words[1])),
                "load" => Load(words[1], (int)Number(words[2])),
                "store" => Store(words[1], (int)Number(words[2]), (uint)Number(words[3])),
                "pong" => Pong(words[1], (uint)Number(words[2]), TimeSpan.FromMilliseconds(Number(words[3]))),
                _ => "what?",
            };
        }
        catch (FileSystemException error)
        {
            return error.Message;
        }
    }

    private static long Number(string text) => long.Parse(text, CultureInfo.InvariantCulture);

    private static string YesOrNo(bool answer) => answer ? "yes" : "no";

    private IFile Open(string name)
    {
        if (_files.TryGetValue(name, out IFile? known)) return known;
        IFile file = _folder.TryOpenFile(name, writable: true)
            ?? throw new FileSystemException("open", name, Errno.NoEntry, "the partner does not see it");
        return _files[name] = file;
    }

    private bool TryLockFolder(string name)
    {
        IDirectory folder = _folder.TryOpenDirectory(name)
            ?? throw new FileSystemException("open", name, Errno.NoEntry, "the partner does not see it");
        _held.Add(folder);
        return folder.TryLockExclusive();
    }

    private string Load(string name, int at)
    {
        using ISharedMemory page = Open(name).Map(PageProbe.PageSize, writable: true);
        return page.Load32(at).ToString(CultureInfo.InvariantCulture);
    }

    private string Store(string name, int at, uint value)
    {
        using ISharedMemory page = Open(name).Map(PageProbe.PageSize, writable: true);
        page.Store32(at, value);
        return "yes";
    }

    private string Pong(string name, uint rounds, TimeSpan patience)
    {
        using ISharedMemory page = Open(name).Map(PageProbe.PageSize, writable: true);
        for (uint round = 1; round <= rounds; round++)
        {
            uint seen;
            for (int waits = 0; (seen = page.Load32(AskedAt)) < round; waits++)
            {
                if (waits == IdleWaitsMax) return "no";
                page.Wait(AskedAt, seen, patience);
            }

            page.Store32(AnsweredAt, seen);
            page.WakeAll(AnsweredAt);
        }

        return "yes";
    }
}
