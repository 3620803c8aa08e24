using Fiq.Files;
using Fiq.Storage.Producers;

namespace Fiq.Storage;

/// <summary>
/// Makes the log of a new queue: its control page and its first segment, synced; the caller syncs the folder.
/// </summary>
internal static class LogBirth
{
    public static void Create(LogContext context)
    {
        ControlFile.Create(context.Folder);
        using SegmentBirth birth = SegmentBirth.Begin(context, default, default, 0, new ProducerTable(), null);
        (SegmentFile segment, LogMark born) = birth.TryFinish()
            ?? throw new DamagedException(context.Folder.Path, 0, 0, "the folder of a new queue is not empty");
        using (segment)
        using (IFile control = ControlFile.Open(context.Folder, writable: true))
        using (var page = new ControlPage(control.Map(ControlLayout.Size, writable: true)))
        {
            page.StoreIdentity(context.QueueId, context.BootId);
            page.StoreOwnFile(control.Identity);
            page.StoreTailFile(segment.File.Identity);
            page.StoreTail(born);
            page.StoreWatermark(born);
        }
    }
}
