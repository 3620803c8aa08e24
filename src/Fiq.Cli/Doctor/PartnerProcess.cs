using System.Diagnostics;
using Fiq.Cli.Processes;
using Fiq.Doctor;

namespace Fiq.Cli.Doctor;

/// <summary>The doctor's second process: this program in another role. It ends with its input.</summary>
internal sealed class PartnerProcess : IPartner
{
    // It answers at once, on a machine that is not stuck.
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);

    private readonly Process _process;

    private PartnerProcess(Process process) => _process = process;

    public static IPartner Start(string folder)
    {
        ProcessStartInfo start = OwnProgram.StartOf(OwnProgram.Partner, folder);
        start.RedirectStandardError = false;
        return new PartnerProcess(Process.Start(start)
            ?? throw new FiqException(ErrorCode.Failed, "a second process could not be started"));
    }

    /// <summary>What the second process does.</summary>
    public static ExitCode Serve(string folder)
    {
        PartnerDesk.Serve(folder, Console.In, Console.Out);
        return ExitCode.Done;
    }

    public void Tell(string request)
    {
        try
        {
            _process.StandardInput.WriteLine(request);
            _process.StandardInput.Flush();
        }
        catch (IOException error)
        {
            throw new FiqException(ErrorCode.Failed, "the second process has ended", null, error);
        }
    }

    public string Answer()
    {
        Task<string?> answer = _process.StandardOutput.ReadLineAsync();
        return answer.Wait(Patience) && answer.Result is string line
            ? line
            : throw new FiqException(ErrorCode.Failed, "the second process does not answer");
    }

    public void Kill()
    {
        _process.Kill();
        _process.WaitForExit();
    }

    public void Dispose()
    {
        if (!_process.HasExited) Kill();
        _process.Dispose();
    }
}
