using System.Globalization;
using System.Text.Json;

namespace Fiq.Engine;

/// <summary>Limits as members of a JSON object: numbers as numbers, the rest as text.</summary>
internal static class LimitJson
{
    /// <summary>Writes those that are stated.</summary>
    public static void Write(Utf8JsonWriter json, QueueLimits limits)
    {
        foreach (string name in LimitNames.All)
        {
            if (LimitNames.Get(limits, name) is not string value) continue;
            if (long.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out long number))
                json.WriteNumber(name, number);
            else json.WriteString(name, value);
        }
    }

    /// <summary>What a member says, as a person would have written it.</summary>
    public static string TextOf(JsonElement value) => value.ValueKind == JsonValueKind.String
        ? value.GetString() ?? ""
        : value.GetRawText();
}
