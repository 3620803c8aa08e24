using System.Text.Json;

namespace Fiq.Cli.Torture;

/// <summary>A consumer of one of the groups.</summary>
internal sealed class ConsumerVictim : Victim
{
    private readonly Ledger _ledger;
    private readonly int _group;
    private readonly int _number;
    private long _heard;

    /// <param name="store">The folder of queues.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="group">The group: its name, and its number in the ledger.</param>
    /// <param name="number">The consumer's own number.</param>
    /// <param name="ledger">Told what it prints.</param>
    /// <param name="untilEmpty">Whether it ends when its group has nothing left.</param>
    public ConsumerVictim(
        string store, string queue, (string Name, int Number) group, int number, Ledger ledger, bool untilEmpty = false)
        : base(
            [
                "consume", queue, "--store", store, "--group", group.Name, "--workers", "8", "--json", "--quiet",
                .. untilEmpty ? (string[])["--until-empty"] : [],
            ])
    {
        _ledger = ledger;
        _group = group.Number;
        _number = number;
        Listen();
    }

    public override string Role => "a consumer";

    /// <summary>How many results were read.</summary>
    public long Heard => Interlocked.Read(ref _heard);

    public override void Dismiss() => Terminate();

    protected override void Hear(ReadOnlySpan<byte> line)
    {
        Interlocked.Increment(ref _heard);
        long offset = -1;
        string key = "";
        string? body = null;
        try
        {
            var reader = new Utf8JsonReader(line);
            while (reader.Read())
            {
                if (reader.TokenType != JsonTokenType.PropertyName) continue;
                if (reader.ValueTextEquals("offset"u8) && reader.Read()) offset = reader.GetInt64();
                else if (reader.ValueTextEquals("key"u8) && reader.Read()) key = reader.GetString() ?? "";
                else if (reader.ValueTextEquals("body"u8) && reader.Read()) body = reader.GetString();
            }
        }
        catch (Exception error) when (error is JsonException or InvalidOperationException)
        {
            _ledger.Report("changed", $"a consumer printed what is no result: {error.Message}");
            return;
        }

        _ledger.Deliver(_group, _number, offset, key, body);
    }

    protected override void Disturbed() => _ledger.Disturb(_number);
}
