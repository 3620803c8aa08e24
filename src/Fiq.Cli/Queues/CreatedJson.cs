using System.Text.Json;
using Fiq.Cli.Frame;

namespace Fiq.Cli.Queues;

/// <summary>The answer of commands that create: <c>{"name":"orders","created":true}</c>, or a sentence.</summary>
internal static class CreatedJson
{
    public static void WriteOrSay(Invocation invocation, string member, string name, bool created, string what)
    {
        if (!invocation.Json)
        {
            string place = invocation.Store.Display;
            invocation.Say(created ? $"created {what} in {place}" : $"{what} in {place} is there already");
            return;
        }

        using (var writer = new Utf8JsonWriter(invocation.Streams.Output, JsonText.Options))
        {
            writer.WriteStartObject();
            writer.WriteString(member, name);
            writer.WriteBoolean("created"u8, created);
            writer.WriteEndObject();
        }

        invocation.Streams.Output.Write("\n"u8);
    }
}
