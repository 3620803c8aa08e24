using System.Globalization;
using System.Text;
using Fiq.Engine;
using Fiq.Files;
using Fiq.Tests.Doubles;

namespace Fiq.Tests.Engine;

/// <summary>Many dead letters that go back to their queue, a part of them at a time.</summary>
public sealed class SentBackTests
{
    private const string BoxName = "orders.dead";

    private static readonly QueueName Box = QueueName.Parse(BoxName);

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    public async Task However_many_times_some_go_back_no_more_is_read_than_to_look_at_all(int ofEach)
    {
        const int Count = 3_000;
        using var rig = new EngineRig();
        await rig.ProduceAsync("one");
        await PutAsync(rig, [.. Enumerable.Range(0, Count)]);
        long bytes = (await rig.Open().DescribeAsync(Box, default)).Bytes;
        long toLook = await ReadsAsync(rig, async engine => (await LettersAsync(engine)).Should().HaveCount(Count));

        int sent = 0;
        long toRetry = await ReadsAsync(rig, async engine =>
        {
            var some = new List<DeadLetter>();
            await foreach (DeadLetter letter in engine.ReadDeadLettersAsync(EngineRig.Orders, default))
            {
                if (letter.Offset % ofEach != 0) continue;
                some.Add(letter);
                if (some.Count < 50) continue;
                sent += await engine.RetryDeadLettersAsync(EngineRig.Orders, some, default);
                some.Clear();
            }
        });

        sent.Should().Be(Count / ofEach);
        toLook.Should().BeGreaterThan(bytes / 2);
        toRetry.Should().BeLessThan(toLook + bytes / 2);
        (await LettersAsync(rig.Open())).Should().HaveCount(Count - sent);
    }

    [Fact]
    public async Task Those_that_are_back_before_the_queue_is_full_are_no_letters_any_more()
    {
        using var rig = new EngineRig();
        await rig.CreateAsync(new QueueLimits { MessagesMax = 3 });
        await using IQueueConsumer consumer = await rig.ConsumerAsync();
        await PutAsync(rig, 0, 1, 2, 3, 4);

        (await EngineCalls.CodeOfAsync(() => RetryAllAsync(rig.Open()))).Should().Be(ErrorCode.QueueFull);

        (await LettersAsync(rig.Open())).Select(letter => letter.Offset).Should().Equal(3, 4);
        IReadOnlyList<Delivery> back = await consumer.TakeAsync();
        back.Select(BodyOf).Should().Equal("0", "1", "2");
        await consumer.FinishAsync(back);
        (await RetryAllAsync(rig.Open())).Should().Be(2);
        (await consumer.TakeAsync()).Select(BodyOf).Should().Equal("3", "4");
    }

    [Fact]
    public async Task Copies_go_with_the_first_of_them_however_far_they_are()
    {
        using var rig = new EngineRig();
        await rig.ProduceAsync();
        await PutAsync(rig, [7, 8, .. Enumerable.Range(100, 500), 7, 9, 7]);
        IReadOnlyList<DeadLetter> letters = await LettersAsync(rig.Open());

        (await rig.Open().RetryDeadLettersAsync(EngineRig.Orders, [letters[0]], default)).Should().Be(1);

        (await BodiesAsync(rig)).Should().Equal("7");
        (await LettersAsync(rig.Open())).Should().HaveCount(502).And.NotContain(letter => letter.Offset == 7);
    }

    [Fact]
    public async Task Letters_of_which_only_the_content_is_known_are_found()
    {
        using var rig = new EngineRig();
        await rig.ProduceAsync();
        await PutAsync(rig, 7, 8, 7);
        DeadLetter first = (await LettersAsync(rig.Open()))[0];

        // As from elsewhere, or from a queue of dead letters that is not the one of now.
        DeadLetter[] told = [first with { Place = null, LetterOffset = 99 }];
        (await rig.Open().PurgeDeadLettersAsync(EngineRig.Orders, told, default)).Should().Be(1);
        DeadLetter second = (await LettersAsync(rig.Open())).Should().ContainSingle().Subject;
        DeadLetter[] foreign = [second with { Place = new LetterPlace(1, [0]) }];
        (await rig.Open().PurgeDeadLettersAsync(EngineRig.Orders, foreign, default)).Should().Be(1);
    }

    [Fact]
    public async Task Those_whose_process_died_before_it_took_them_away_go_back_once_more()
    {
        using var rig = new EngineRig();
        await rig.ProduceAsync();
        await PutAsync(rig, 1, 2, 3, 2);
        IReadOnlyList<DeadLetter> letters = await LettersAsync(rig.Open());
        var sent = new List<DeadLetter>();
        await FolderDeadLetters.SendBackAsync([.. letters.Take(2)], await rig.ProducerAsync(), sent, default);
        sent.Should().HaveCount(2);

        (await RetryAllAsync(rig.Open())).Should().Be(3);

        (await LettersAsync(rig.Open())).Should().BeEmpty();
        (await BodiesAsync(rig)).Should().Equal("1", "2", "1", "2", "3");
    }

    /// <summary>Puts letters of these offsets there, each with its offset as the body.</summary>
    private static async Task PutAsync(EngineRig rig, params int[] offsets)
    {
        await using IQueueProducer box = await rig.Open().OpenProducerAsync(Box, new ProducerOptions(), default);
        foreach (int[] some in offsets.Chunk(100))
            await box.ProduceAsync([.. some.Select(LetterOf)], default);
    }

    private static Message LetterOf(int offset)
    {
        var message = new Message { Body = Encoding.UTF8.GetBytes(offset.ToString(CultureInfo.InvariantCulture)) };
        var end = new Settlement(new Delivery(offset, message, 1, default), SettleOutcome.Dead) { Error = "broken" };
        return DeadLetter.ToMessage(EngineRig.Orders, GroupName.Default, end, "1/1");
    }

    private static async Task<int> RetryAllAsync(FolderEngine engine) =>
        await engine.RetryDeadLettersAsync(EngineRig.Orders, await LettersAsync(engine), default);

    private static async Task<IReadOnlyList<DeadLetter>> LettersAsync(FolderEngine engine)
    {
        var letters = new List<DeadLetter>();
        await foreach (DeadLetter letter in engine.ReadDeadLettersAsync(EngineRig.Orders, default))
            letters.Add(letter);
        return letters;
    }

    /// <summary>The bytes that are read meanwhile from the segments of the dead letters.</summary>
    private static async Task<long> ReadsAsync(EngineRig rig, Func<FolderEngine, Task> act)
    {
        var reads = new SegmentReads(new PosixFileSystem(), BoxName);
        await act(FolderEngine.Open(rig.Path, new FolderOptions { Files = reads }));
        return reads.Bytes;
    }

    /// <summary>What waits in the queue.</summary>
    private static async Task<List<string>> BodiesAsync(EngineRig rig)
    {
        await using IQueueConsumer consumer = await rig.ConsumerAsync();
        return [.. (await consumer.TakeAsync()).Select(BodyOf)];
    }

    private static string BodyOf(Delivery delivery) => Encoding.UTF8.GetString(delivery.Message.Body.Span);
}
