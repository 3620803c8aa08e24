using Fiq.Files;

namespace Fiq.Tests.Doubles;

/// <summary>A process died here: nothing it does from now on reaches the world.</summary>
internal sealed class KilledException : Exception
{
    public KilledException()
        : base("killed")
    {
    }
}

/// <summary>
/// What goes wrong in a faulty file system: death before the n-th effect (a store into shared memory, or a call that
/// changes a file or directory), and calls that fail.
/// </summary>
internal sealed class Faults
{
    private long _effectsLeft = long.MaxValue;

    public bool Killed { get; private set; }

    /// <summary>Effects seen so far.</summary>
    public long Effects { get; private set; }

    /// <summary>The error of a call, or none. Asked with the call's and the file's name.</summary>
    public Func<string, string, Errno> ErrorOf { get; set; } = (_, _) => Errno.None;

    /// <summary>Lets this many more effects happen, then kills.</summary>
    public void KillAfter(long effects) => _effectsLeft = effects;

    /// <summary>An effect is about to happen.</summary>
    public void Effect()
    {
        Look();
        if (_effectsLeft-- == 0)
        {
            Killed = true;
            throw new KilledException();
        }

        Effects++;
    }

    /// <summary>A call that changes something is about to happen.</summary>
    public void Call(string call, string name)
    {
        Effect();
        var errno = ErrorOf(call, name);
        if (errno != Errno.None)
            throw new FileSystemException(call, name, errno, "injected");
    }

    /// <summary>The dead see nothing.</summary>
    public void Look()
    {
        if (Killed)
            throw new KilledException();
    }
}
