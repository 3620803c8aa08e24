using System.Text.Json;
using Fiq.Files;

namespace Fiq.Engine;

/// <summary>
/// `_config.json` of a store: what holds for every queue that says nothing of its own. Written by people, so that
/// whatever is wrong in it is named with what is expected instead.
/// </summary>
internal static class StoreConfig
{
    public const string Name = "_config.json";

    private const int SizeMax = 64 * 1024;

    private static readonly JsonDocumentOptions Reading = new()
    {
        AllowTrailingCommas = true,
        CommentHandling = JsonCommentHandling.Skip,
    };

    /// <summary>The limits that it states; none when there is no such file.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: what is wrong in it.</exception>
    public static QueueLimits Read(IDirectory store)
    {
        using IFile? file = store.TryOpenFile(Name, writable: false);
        if (file is null) return QueueLimits.None;
        string path = $"{store.Path}/{Name}";
        if (file.Length > SizeMax) throw Wrong(path, $"it is larger than {SizeMax} bytes", "Make it smaller.");
        byte[] bytes = new byte[file.Length];
        int read = file.Read(bytes, 0);
        try
        {
            using var document = JsonDocument.Parse(bytes.AsMemory(0, read), Reading);
            return Of(document.RootElement, path);
        }
        catch (JsonException error)
        {
            throw Wrong(
                path, $"line {error.LineNumber + 1} is not JSON",
                "Such as { \"maxBytes\": \"10GiB\", \"keep\": \"7d\" }.");
        }
    }

    private static QueueLimits Of(JsonElement root, string path)
    {
        if (root.ValueKind != JsonValueKind.Object)
            throw Wrong(path, "it is not a JSON object", "Such as { \"maxBytes\": \"10GiB\" }.");
        QueueLimits limits = QueueLimits.None;
        foreach (JsonProperty member in root.EnumerateObject())
        {
            if (!LimitNames.All.Contains(member.Name))
                throw Wrong(
                    path, $"\"{Printable.Escape(member.Name)}\" is not known",
                    $"Known: {string.Join(", ", LimitNames.All)}.");
            try
            {
                limits = LimitNames.With(limits, member.Name, LimitJson.TextOf(member.Value));
            }
            catch (FiqException error)
            {
                throw Wrong(path, error.Message, error.Hint);
            }
        }

        return limits;
    }

    private static FiqException Wrong(string path, string what, string? hint) =>
        new(ErrorCode.BadRequest, $"{path}: {what}", hint);
}
