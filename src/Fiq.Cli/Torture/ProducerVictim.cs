using System.Globalization;
using System.Text;

namespace Fiq.Cli.Torture;

/// <summary>A producer that is fed without end, as fast as the consumers follow.</summary>
internal sealed class ProducerVictim : Victim
{
    private const int LinesMax = 40;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(20);

    private readonly Ledger _ledger;
    private readonly Func<bool> _mayFeed;
    private readonly int _number;
    private volatile bool _dismissed;

    /// <param name="store">The folder of queues.</param>
    /// <param name="queue">The queue.</param>
    /// <param name="ledger">Told what is given and what is acknowledged.</param>
    /// <param name="mayFeed">Whether the consumers follow.</param>
    public ProducerVictim(string store, string queue, Ledger ledger, Func<bool> mayFeed)
        : base("produce", queue, "--store", store)
    {
        _ledger = ledger;
        _mayFeed = mayFeed;
        _number = ledger.AddProducer();
        Listen();
        StartThread(Feed);
    }

    public override string Role => "a producer";

    public override void Dismiss() => _dismissed = true;

    protected override void Hear(ReadOnlySpan<byte> line)
    {
        // acked #0 p1-0
        string[] words = Encoding.UTF8.GetString(line).Split(' ');
        if (words is ["acked", ['#', .. string offset], string key]
            && TortureKey.TryParse(key, out TortureKey acked)
            && long.TryParse(offset, NumberStyles.None, CultureInfo.InvariantCulture, out long at))
            _ledger.Ack(acked, at);
        else
            _ledger.Report("invented", $"a producer printed \"{Encoding.UTF8.GetString(line)}\"");
    }

    protected override void Over()
    {
        base.Over();
        _ledger.EndProducer(_number);
    }

    private void Feed()
    {
        try
        {
            // At least once, so that each that lives leaves something to verify.
            for (long next = 0; next == 0 || (!_dismissed && !HasEnded);)
            {
                if (next > 0 && !_mayFeed())
                {
                    Thread.Sleep(Pause);
                    continue;
                }

                var lines = new StringBuilder();
                long upTo = next + 1 + (next * 7 + _number) % LinesMax;
                _ledger.Give(_number, upTo);
                for (; next < upTo; next++) lines.Append(new TortureKey(_number, next).Line());
                Input.Write(Encoding.UTF8.GetBytes(lines.ToString()));
                Input.Flush();
            }

            Input.Close();
        }
        catch (IOException)
        {
            // Killed while it was fed.
            return;
        }
    }
}
