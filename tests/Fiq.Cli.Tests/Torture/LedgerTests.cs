using Fiq.Cli.Torture;

namespace Fiq.Cli.Tests.Torture;

/// <summary>The ledger passes what is right and names each kind of wrong.</summary>
public sealed class LedgerTests
{
    private readonly Ledger _ledger = new(groups: 2);

    [Fact]
    public void What_was_acknowledged_and_came_to_each_group_in_order_is_no_violation()
    {
        Store(5);
        _ledger.Finish(5);
        _ledger.Violations.Should().BeEmpty();
        _ledger.Acked.Should().Be(5);
        _ledger.Delivered.Should().Be(10);
        _ledger.Remembered.Should().Be(0);
    }

    [Fact]
    public void What_was_stored_and_never_acknowledged_is_no_violation_up_to_where_its_producer_died()
    {
        int producer = Start(5);
        for (int i = 0; i < 3; i++) Deliver(producer, i, i);
        _ledger.EndProducer(producer);
        _ledger.Finish(3);
        _ledger.Violations.Should().BeEmpty();
    }

    [Fact]
    public void An_acknowledged_message_that_comes_to_no_group_or_to_one_only_is_lost()
    {
        int producer = Start(3);
        for (int i = 0; i < 3; i++) _ledger.Ack(new TortureKey(producer, i), i);
        Deliver(producer, 0, 0);
        Deliver(producer, 2, 2);
        _ledger.Deliver(0, 1, 1, $"p{producer}-1", new TortureKey(producer, 1).Body());
        _ledger.Finish(3);
        Kinds().Should().Equal("lost");
        _ledger.Violations[0].Text.Should().Be("#1 p1-1, acknowledged, never came to group 1");
    }

    [Fact]
    public void An_acknowledged_message_behind_the_end_of_the_queue_is_lost()
    {
        int producer = Start(2);
        Store(producer, 0, 0);
        _ledger.Ack(new TortureKey(producer, 1), 1);
        _ledger.Finish(1);
        Kinds().Should().Equal("lost");
    }

    [Fact]
    public void A_message_that_is_elsewhere_than_acknowledged_or_has_another_body_is_changed()
    {
        int producer = Start(3);
        Deliver(producer, 0, 0);
        _ledger.Ack(new TortureKey(producer, 0), 0);
        _ledger.Ack(new TortureKey(producer, 1), 0);
        Kinds().Should().Equal("changed");
        _ledger.Deliver(0, 1, 1, $"p{producer}-1", "another");
        Kinds().Should().Equal("changed", "changed");
        Deliver(producer, 2, 2);
        _ledger.Deliver(0, 1, 2, $"p{producer}-0", new TortureKey(producer, 0).Body());
        Kinds().Should().Equal("changed", "changed", "changed");
    }

    [Fact]
    public void A_message_that_stands_twice_in_the_log_is_doubled()
    {
        int producer = Start(2);
        Store(producer, 0, 0);
        Store(producer, 1, 1);
        Deliver(producer, 0, 2);
        _ledger.Finish(3);
        Kinds().Should().Equal("doubled");
    }

    [Fact]
    public void A_message_that_stands_before_an_earlier_one_of_its_producer_is_reordered()
    {
        int producer = Start(3);
        Deliver(producer, 0, 0);
        Deliver(producer, 2, 1);
        Deliver(producer, 1, 2);
        _ledger.Finish(3);
        Kinds().Should().Equal("reordered", "doubled");
    }

    [Fact]
    public void What_nobody_sent_is_invented()
    {
        int producer = Start(1);
        Deliver(producer, 1, 0);
        _ledger.Deliver(0, 1, 1, "a1", "hello");
        _ledger.Ack(new TortureKey(99, 0), 0);
        Kinds().Should().Equal("invented", "invented", "invented", "invented");
    }

    [Fact]
    public void A_message_that_comes_again_needs_a_consumer_that_was_killed_or_stopped()
    {
        int producer = Start(2);
        Store(producer, 0, 0);
        Store(producer, 1, 1);
        string body = new TortureKey(producer, 0).Body();
        _ledger.Deliver(0, 7, 0, $"p{producer}-0", body);
        // Known only a moment later than the line that it explains.
        _ledger.Disturb(7);
        _ledger.Settle(0, 2);
        _ledger.Violations.Should().BeEmpty();
        _ledger.Redelivered.Should().Be(1);
        _ledger.Deliver(1, 8, 0, $"p{producer}-0", body);
        _ledger.Settle(0, 2);
        Kinds().Should().Equal("redelivered");
    }

    [Fact]
    public void What_all_have_settled_is_forgotten_and_a_late_acknowledgement_is_still_compared()
    {
        int producer = Start(1000);
        for (int i = 0; i < 1000; i++) Deliver(producer, i, i);
        _ledger.Settle(900, 1000);
        _ledger.Settle(900, 1000);
        _ledger.Remembered.Should().Be(100);
        _ledger.Ack(new TortureKey(producer, 0), 0);
        _ledger.Violations.Should().BeEmpty();
        _ledger.Ack(new TortureKey(producer, 1), 2);
        Kinds().Should().Equal("changed");
        _ledger.Ack(new TortureKey(producer, 2), 1);
        Kinds().Should().HaveCount(2);
    }

    [Fact]
    public void A_message_of_a_producer_long_dead_is_invented()
    {
        int producer = Start(2);
        Store(producer, 0, 0);
        _ledger.EndProducer(producer);
        for (int look = 0; look < 5; look++) _ledger.Settle(1, 1);
        Deliver(producer, 1, 1);
        Kinds().Should().Equal("invented", "invented");
    }

    [Fact]
    public void A_key_is_read_as_it_is_written_and_nothing_else_is_a_key()
    {
        var key = new TortureKey(12, 34567);
        TortureKey.TryParse(key.ToString(), out TortureKey read).Should().BeTrue();
        read.Should().Be(key);
        foreach (string other in (string[])["", "p1", "p-1", "q1-1", "p0-1", "p1-", "p1--1", "p1-1 "])
            TortureKey.TryParse(other, out _).Should().BeFalse(other);
        new TortureKey(1, 63).Body().Should().HaveLength(4006);
    }

    private List<string> Kinds() => [.. _ledger.Violations.Select(each => each.Kind)];

    private int Start(long given)
    {
        int producer = _ledger.AddProducer();
        _ledger.Give(producer, given);
        return producer;
    }

    private void Store(int count)
    {
        int producer = Start(count);
        for (int i = 0; i < count; i++) Store(producer, i, i);
    }

    private void Store(int producer, long number, long offset)
    {
        _ledger.Ack(new TortureKey(producer, number), offset);
        Deliver(producer, number, offset);
    }

    private void Deliver(int producer, long number, long offset)
    {
        var key = new TortureKey(producer, number);
        _ledger.Deliver(0, 1, offset, key.ToString(), key.Body());
        _ledger.Deliver(1, 2, offset, key.ToString(), key.Body());
    }
}
