using System.Text;

namespace Fiq.Cli.Demo;

/// <summary>What the show works on: a dozen orders that four workers finish in about two seconds.</summary>
internal static class DemoOrders
{
    /// <summary>Between two orders.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(120);

    public static readonly IReadOnlyList<Message> All =
    [
        Order("ann", "two coffees", 300),
        Order("bob", "one bicycle", 900),
        Order("cleo", "a book about queues", 500),
        Order("ann", "a bun", 200),
        Order("dan", "one piano", 1200),
        Order("eve", "three umbrellas", 600),
        Order("bob", "a bell for the bicycle", 200),
        Order("cleo", "a lamp to read by", 400),
        Order("finn", "a kite", 300),
        Order("eve", "one raincoat", 500),
        Order("dan", "a piano stool", 700),
        Order("finn", "more string", 200),
    ];

    private static Message Order(string key, string body, int milliseconds) => new()
    {
        Key = MessageKey.Parse(key),
        Body = Encoding.UTF8.GetBytes(body),
        ProcessingMicroseconds = milliseconds * 1000L,
    };
}
