using System.Collections.Concurrent;
using Fiq.Doctor;
using Fiq.Files;

namespace Fiq.Tests.Doctor;

/// <summary>
/// A partner on a thread: its descriptors are its own, so that to the kernel's locks it is as good as a process.
/// </summary>
internal sealed class ThreadPartner : IPartner
{
    private readonly BlockingCollection<string> _requests = [];
    private readonly BlockingCollection<string> _answers = [];
    private readonly Thread _thread;

    public ThreadPartner(IFileSystem files, string folder)
    {
        _thread = new Thread(() => Serve(files, folder)) { IsBackground = true };
        _thread.Start();
    }

    public void Tell(string request) => _requests.Add(request);

    public string Answer() => _answers.Take();

    public void Kill()
    {
        _requests.CompleteAdding();
        _thread.Join();
    }

    public void Dispose() => Kill();

    private void Serve(IFileSystem files, string folder)
    {
        using var desk = new PartnerDesk(files, folder);
        foreach (string request in _requests.GetConsumingEnumerable()) _answers.Add(desk.Answer(request));
    }
}
