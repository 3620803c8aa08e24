using System.Text.Encodings.Web;
using System.Text.Json;

namespace Fiq.Cli.Frame;

/// <summary>How JSON is written: compact, and readable (letters of every language stay as they are).</summary>
internal static class JsonText
{
    public static readonly JsonWriterOptions Options = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        SkipValidation = true,
    };
}
