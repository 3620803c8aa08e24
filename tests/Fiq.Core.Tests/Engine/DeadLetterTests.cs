using System.Text;
using Fiq.Engine;

namespace Fiq.Tests.Engine;

/// <summary>Work that fails, in a real folder.</summary>
public sealed class DeadLetterTests : IDisposable
{
    private readonly EngineRig _rig = new();

    public void Dispose() => _rig.Dispose();

    [Fact]
    public async Task A_dead_message_is_a_letter_that_says_where_it_comes_from_and_why()
    {
        await using (IQueueProducer producer = await _rig.ProducerAsync())
        {
            await producer.SendAsync("first");
            var message = new Message
            {
                Key = MessageKey.Parse("k1"),
                Body = "second"u8.ToArray(),
                Priority = 4,
                ProcessingMicroseconds = 7,
                Headers = MessageHeaders.Create([new("colour", "blue")]),
            };
            await producer.ProduceAsync([message], default);
        }

        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            // The urgent one comes first.
            Delivery second = (await consumer.TakeAsync())[0];
            await DieAsync(consumer, second, new string('x', 999) + "\U0001F600 and more");
            (await consumer.DescribeAsync(default)).Lag.Should().Be(1);
        }

        DeadLetter letter = (await LettersAsync()).Should().ContainSingle().Subject;
        letter.Should().Match<DeadLetter>(l =>
            l.Queue == EngineRig.Orders && l.Group == GroupName.Default && l.Offset == 1 && l.Attempts == 1);
        letter.Error.Should().Be(new string('x', 999), "a character is kept whole or not at all");
        letter.Worker.Should().Be($"{Environment.ProcessId}/3");
        letter.Message.Key.ToString().Should().Be("k1");
        Encoding.UTF8.GetString(letter.Message.Body.Span).Should().Be("second");
        letter.Message.Priority.Should().Be(4);
        letter.Message.ProcessingMicroseconds.Should().Be(7);
        letter.Message.Headers.Pairs().ToArray().Should().BeEquivalentTo(
            [new KeyValuePair<string, string>("colour", "blue")]);
    }

    [Fact]
    public async Task The_letter_of_what_no_worker_was_given_counts_the_attempts_that_were_made()
    {
        await _rig.ProduceAsync("one");
        for (int attempt = 1; attempt <= 2; attempt++) _rig.TakeAndDie(readable: 1);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            Delivery third = (await consumer.TakeAsync()).Should().ContainSingle().Subject;
            third.Should().Match<Delivery>(each => each.Attempt == 3 && each.WasInterrupted);
            var end = new Settlement(third, SettleOutcome.Dead) { Error = "killed", Worker = 0 };
            (await consumer.SettleAsync([end], default)).Should().Equal(true);
        }

        (await LettersAsync()).Should().ContainSingle().Which.Attempts.Should().Be(2);
    }

    [Fact]
    public async Task Who_dies_once_more_after_its_letter_was_purged_gets_another()
    {
        await _rig.ProduceAsync("one");
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
            await DieAsync(consumer, (await consumer.TakeAsync())[0], "first");
        await _rig.Open().PurgeDeadLettersAsync(EngineRig.Orders, await LettersAsync(), default);
        await _rig.Open().SeekGroupAsync(
            EngineRig.Orders, GroupName.Default, StartPosition.First, dryRun: false, default);
        _rig.TakeAndDie(readable: 1);
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
        {
            Delivery again = (await consumer.TakeAsync())[0];
            again.WasInterrupted.Should().BeTrue();
            await DieAsync(consumer, again, "second");
        }

        (await LettersAsync()).Should().ContainSingle().Which.Error.Should().Be("second");
    }

    [Fact]
    public async Task A_letter_that_is_sent_back_goes_to_its_group_alone_with_all_attempts_anew()
    {
        await _rig.ProduceAsync("one");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        await using IQueueConsumer audit = await _rig.ConsumerAsync("audit");
        await audit.FinishAsync(await audit.TakeAsync());
        Delivery first = (await consumer.TakeAsync())[0];
        await DieAsync(consumer, first, "broken");

        (await _rig.Open().RetryDeadLettersAsync(EngineRig.Orders, await LettersAsync(), default)).Should().Be(1);

        (await LettersAsync()).Should().BeEmpty();
        (await audit.TakeAsync()).Should().BeEmpty();
        Delivery again = (await consumer.TakeAsync()).Should().ContainSingle().Subject;
        again.Attempt.Should().Be(1);
        Encoding.UTF8.GetString(again.Message.Body.Span).Should().Be("one");
        await consumer.FinishAsync([again]);
        (await audit.DescribeAsync(default)).Lag.Should().Be(0);
        (await consumer.DescribeAsync(default)).BacklogSeconds.Should().Be(0);
        (await audit.DescribeAsync(default)).BacklogSeconds.Should().Be(0, "what is for others alone is no work");
    }

    [Fact]
    public async Task Each_group_has_its_own_letters_and_a_letter_that_lies_there_twice_is_one()
    {
        await _rig.ProduceAsync("one", "two");
        foreach (string group in (string[])["default", "audit"])
        {
            await using IQueueConsumer consumer = await _rig.ConsumerAsync(group);
            foreach (Delivery delivery in await consumer.TakeAsync()) await DieAsync(consumer, delivery, group);
        }

        await using (IQueueProducer dead = await OpenDeadAsync())
        {
            Message copy = DeadLetter.ToMessage(EngineRig.Orders, GroupName.Default, Ended(0, "again"), "1/1");
            await dead.ProduceAsync([copy], default);
        }

        IReadOnlyList<DeadLetter> letters = await LettersAsync();
        letters.Select(letter => (letter.Group.ToString(), letter.Offset)).Should().BeEquivalentTo(
            [("default", 0L), ("default", 1L), ("audit", 0L), ("audit", 1L)]);

        DeadLetter[] some = [.. letters.Where(letter => letter.Offset == 0 && letter.Group == GroupName.Default)];
        (await _rig.Open().PurgeDeadLettersAsync(EngineRig.Orders, some, default)).Should().Be(1);
        (await LettersAsync()).Should().HaveCount(3, "its copy is gone, too");
    }

    [Fact]
    public async Task A_message_whose_letter_was_put_there_before_its_consumer_died_gets_no_second_one()
    {
        await _rig.ProduceAsync("one");
        _rig.TakeAndDie(readable: 1);
        await using (IQueueProducer dead = await OpenDeadAsync())
        {
            Message letter = DeadLetter.ToMessage(EngineRig.Orders, GroupName.Default, Ended(0, "poison"), "1/1");
            await dead.ProduceAsync([letter], default);
        }

        await using IQueueConsumer next = await _rig.ConsumerAsync();
        Delivery again = (await next.TakeAsync())[0];
        again.Should().Match<Delivery>(each => each.WasInterrupted && each.Attempt == 2);
        await DieAsync(next, again, "poison once more");

        (await _rig.Open().DescribeAsync(QueueName.Parse("orders.dead"), default)).Messages.Should().Be(1);
        (await LettersAsync()).Should().ContainSingle().Which.Error.Should().Be("poison");
        (await next.DescribeAsync(default)).Lag.Should().Be(0);
    }

    [Fact]
    public async Task Dead_letters_have_no_dead_letters_and_are_tried_again()
    {
        await _rig.ProduceAsync("one");
        await using (IQueueConsumer consumer = await _rig.ConsumerAsync())
            await DieAsync(consumer, (await consumer.TakeAsync())[0], "broken");
        await using IQueueConsumer mourner = await _rig.Open().OpenConsumerAsync(
            QueueName.Parse("orders.dead"), new ConsumerOptions { CreateIfMissing = false }, default);

        await DieAsync(mourner, (await mourner.TakeAsync())[0], "this one, too");

        GroupDescription group = await mourner.DescribeAsync(default);
        group.Retrying.Should().Be(1);
        Directory.Exists(_rig.PathOf("orders.dead.dead")).Should().BeFalse();
    }

    [Fact]
    public async Task A_failed_message_comes_again_and_says_which_attempt_it_is()
    {
        await _rig.ProduceAsync("one", "two");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        IReadOnlyList<Delivery> both = await consumer.TakeAsync();
        Settlement failed = new(both[0], SettleOutcome.Retry) { Delay = TimeSpan.FromMilliseconds(30), Error = "no" };

        (await consumer.SettleAsync([failed, new(both[1], SettleOutcome.Done)], default)).Should().Equal(true, true);

        (await consumer.DescribeAsync(default)).Should().Match<GroupDescription>(g => g.Retrying + g.Ready == 1);
        Delivery again = (await consumer.LeaseAsync(5, TimeSpan.FromMinutes(1), default)).Single();
        again.Should().Match<Delivery>(each => each.Offset == 0 && each.Attempt == 2 && !each.WasInterrupted);
    }

    [Fact]
    public async Task A_purge_settles_what_waits_for_every_group_and_leaves_what_is_worked_on()
    {
        await _rig.ProduceAsync("one", "two", "three");
        await using IQueueConsumer consumer = await _rig.ConsumerAsync();
        Delivery held = (await consumer.TakeAsync(1)).Single();
        await using IQueueConsumer audit = await _rig.ConsumerAsync("audit");

        (await _rig.Open().PurgeAsync(EngineRig.Orders, default)).Should().Be(3);

        (await consumer.TakeAsync()).Should().BeEmpty();
        (await audit.TakeAsync()).Should().BeEmpty();
        (await consumer.DescribeAsync(default)).Should().Match<GroupDescription>(
            g => g.Lag == 1 && g.Leased == 1 && g.BacklogSeconds == 0.5);
        await consumer.FinishAsync([held]);
        QueueDescription queue = await _rig.Open().DescribeAsync(EngineRig.Orders, default);
        queue.Messages.Should().Be(0);
        queue.BacklogSeconds.Should().Be(0);
    }

    private static Settlement Ended(long offset, string error) => new(
        new Delivery(offset, new Message { Body = "one"u8.ToArray() }, 1, default), SettleOutcome.Dead)
    {
        Error = error,
    };

    private static async Task DieAsync(IQueueConsumer consumer, Delivery delivery, string error)
    {
        var end = new Settlement(delivery, SettleOutcome.Dead) { Error = error, Worker = 3 };
        (await consumer.SettleAsync([end], default)).Should().Equal(true);
    }

    private ValueTask<IQueueProducer> OpenDeadAsync() => _rig.Open().OpenProducerAsync(
        QueueName.Parse("orders.dead"), new ProducerOptions { CreateIfMissing = false }, default);

    private async Task<IReadOnlyList<DeadLetter>> LettersAsync()
    {
        var letters = new List<DeadLetter>();
        await foreach (DeadLetter letter in _rig.Open().ReadDeadLettersAsync(EngineRig.Orders, default))
            letters.Add(letter);
        return letters;
    }
}
