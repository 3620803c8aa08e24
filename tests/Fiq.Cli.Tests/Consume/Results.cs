using System.Buffers;
using System.Text;
using Fiq.Cli.Consume;
using Fiq.Engine;
using Fiq.Workers;

namespace Fiq.Cli.Tests.Consume;

/// <summary>Finished messages to print.</summary>
internal static class Results
{
    public static WorkResult Of(string body, long offset = 0, string key = "a1", int attempt = 1) =>
        Of(Encoding.UTF8.GetBytes(body), offset, key, attempt);

    public static WorkResult Of(byte[] body, long offset = 0, string key = "a1", int attempt = 1)
    {
        var message = new Message
        {
            Key = key.Length == 0 ? default : MessageKey.Parse(key),
            Body = body,
            ProcessingMicroseconds = 2_000_000,
            TimestampMicroseconds = 1_767_225_600_000_000,
        };
        return new WorkResult(new Delivery(offset, message, attempt, default), 1, TimeSpan.FromSeconds(2.0004));
    }

    public static string Line(IResultFormat format, WorkResult result)
    {
        var line = new ArrayBufferWriter<byte>();
        format.Append(line, result);
        return Encoding.UTF8.GetString(line.WrittenSpan);
    }
}
