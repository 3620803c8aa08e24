namespace Fiq.Doctor;

/// <summary>
/// A second process that does what it is told in the probes' folder: what one process does to another can't be seen
/// from one alone. It answers each request with one line; <see cref="PartnerDesk"/> says which there are.
/// </summary>
public interface IPartner : IDisposable
{
    /// <summary>Sends a request.</summary>
    void Tell(string request);

    /// <summary>Waits for the answer to a request.</summary>
    /// <exception cref="FiqException">It ended, or did not answer in time.</exception>
    string Answer();

    /// <summary>Ends it by SIGKILL and waits until it is gone.</summary>
    void Kill();
}

/// <summary>Starts partners.</summary>
/// <param name="folder">The folder in which it works.</param>
public delegate IPartner PartnerStart(string folder);
