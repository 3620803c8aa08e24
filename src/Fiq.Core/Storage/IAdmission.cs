namespace Fiq.Storage;

/// <summary>Decides whether a commit may be stored at all.</summary>
internal interface IAdmission
{
    /// <summary>
    /// Called with the append lock held, before anything is written: nobody else can append meanwhile.
    /// </summary>
    /// <param name="tail">Where the commit would go.</param>
    /// <param name="count">Its messages.</param>
    /// <param name="bytes">Its bytes.</param>
    /// <param name="room">Bytes behind the tail that the segment's file has set aside already.</param>
    /// <exception cref="FiqException">It may not; nothing is stored.</exception>
    void Require(in LogMark tail, int count, long bytes, long room);
}
