namespace Fiq.Crash.Tests.Ledgers;

/// <summary>A ledger that finds nothing proves nothing: here it has to.</summary>
public sealed class LedgerTests
{
    private static readonly (string Key, string Body)[] Two = [("a", "body a"), ("b", "body b")];
    private readonly Ledger _ledger = new();

    [Fact]
    public void What_was_sent_and_came_out_once_or_more_is_in_order()
    {
        _ledger.SentAtOnce(Two);
        _ledger.WasAcked("a", 4);
        _ledger.WasAcked("b", 5);
        _ledger.Faults([new(4, "a", "body a"), new(5, "b", "body b"), new(4, "a", "body a")]).Should().BeEmpty();
    }

    [Fact]
    public void An_unacknowledged_request_may_be_missing_as_a_whole()
    {
        _ledger.SentAtOnce(Two);
        _ledger.Faults([]).Should().BeEmpty();
        _ledger.Faults([new(0, "a", "body a")]).Should().ContainSingle().Which.Should().Contain("only a part");
    }

    [Fact]
    public void What_was_acknowledged_and_is_missing_or_elsewhere_is_a_loss()
    {
        _ledger.Sent(Two);
        _ledger.WasAcked("a", 0);
        _ledger.Faults([]).Should().ContainSingle().Which.Should().Contain("a was acknowledged at #0");
        _ledger.Faults([new(1, "a", "body a")]).Should().ContainSingle().Which.Should().Contain("is not there");
    }

    [Fact]
    public void What_nobody_sent_or_was_refused_is_an_invention()
    {
        _ledger.Sent(Two);
        _ledger.WasRefused("a");
        _ledger.Faults([new(0, "a", "body a")]).Should().ContainSingle().Which.Should().Contain("refused");
        _ledger.Faults([new(0, "c", "body c")]).Should().ContainSingle().Which.Should().Contain("nobody sent #0 c");
        new Ledger().Faults([new(0, "c", "body c")]).Should().ContainSingle();
    }

    [Fact]
    public void A_message_has_one_offset_and_an_offset_one_message()
    {
        _ledger.Sent(Two);
        _ledger.Faults([new(0, "a", "body a"), new(1, "a", "body a")])
            .Should().ContainSingle().Which.Should().Contain("also there at #0");
        _ledger.Faults([new(0, "a", "body a"), new(0, "b", "body b")])
            .Should().ContainSingle().Which.Should().Contain("has the offset of a");
    }

    [Fact]
    public void What_a_producer_sent_has_its_order_and_no_gap()
    {
        _ledger.Sent(Two);
        _ledger.Faults([new(0, "b", "body b")]).Should().ContainSingle().Which.Should().Contain("a before it is not");
        _ledger.Faults([new(0, "b", "body b"), new(1, "a", "body a")])
            .Should().ContainSingle().Which.Should().Contain("sent before it");
    }
}
