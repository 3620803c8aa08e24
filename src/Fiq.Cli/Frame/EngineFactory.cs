using Fiq.Engine;

namespace Fiq.Cli.Frame;

/// <summary>The one place that knows which engine stands behind a store.</summary>
internal static class EngineFactory
{
    public static IQueueEngine Open(StoreLocation store) =>
        throw new FiqException(ErrorCode.Unsupported, $"the folder engine for {store.Display} is not built yet");
}
