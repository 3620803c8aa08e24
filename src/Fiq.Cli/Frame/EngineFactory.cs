using Fiq.Engine;

namespace Fiq.Cli.Frame;

/// <summary>The one place that knows which engine stands behind a store.</summary>
internal static class EngineFactory
{
    public static IQueueEngine Open(StoreLocation store) => FolderEngine.Open(store.Path, new FolderOptions
    {
        Limits = LimitOptions.FromEnvironment(Environment.GetEnvironmentVariable),
    });
}
