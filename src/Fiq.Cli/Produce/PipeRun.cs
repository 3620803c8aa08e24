using System.Globalization;
using Fiq.Cli.Messages;
using Fiq.Engine;
using Fiq.Pipeline;

namespace Fiq.Cli.Produce;

/// <summary>
/// Lines from a pipe or a file: one thread reads and starts batches without waiting for them, the other tells in
/// input order what is stored. A blocked read never holds up the end: the reading thread is simply left.
/// </summary>
internal sealed class PipeRun
{
    /// <summary>A batch is what one read brought, but never more than this, so that it fits one commit.</summary>
    private const int BatchCountMax = 8192;

    private readonly IQueueProducer _producer;
    private readonly ILineSource _reader;
    private readonly ILineFormat _format;
    private readonly AckWriter _acks;
    private readonly RefusalReport _refusals;
    private readonly InFlight _inFlight = new();
    private readonly PipeRules _rules;
    private List<Message> _batch = [];
    private long _batchBytes;
    private List<long> _batchLines = [];
    private Exception? _readError;

    public PipeRun(
        IQueueProducer producer,
        ILineSource reader,
        ILineFormat format,
        AckWriter acks,
        RefusalReport refusals,
        PipeRules rules)
    {
        _producer = producer;
        _reader = reader;
        _format = format;
        _acks = acks;
        _refusals = refusals;
        _rules = rules;
    }

    /// <summary>Messages acknowledged and told, without those that were stored before.</summary>
    public long Acked { get; private set; }

    /// <summary>Messages that were stored before.</summary>
    public long Known { get; private set; }

    /// <summary>The line <c>exit</c> that ended the input, or 0.</summary>
    public long ExitLine { get; private set; }

    /// <summary>Whether lines followed the one that said <c>exit</c>.</summary>
    public bool MoreFollowed { get; private set; }

    /// <summary>Whether the input was read to its end, and all of it was given to the queue.</summary>
    public bool IsWhole { get; private set; }

    /// <summary>Takes no more input; what is under way is finished. Safe from any thread.</summary>
    public void Stop() => _inFlight.Close();

    /// <summary>Runs to the end of the input. Throws the first error, after all that is stored has been told.</summary>
    public async Task RunAsync()
    {
        var thread = new Thread(ReadToEnd) { IsBackground = true, Name = "input" };
        thread.Start();
        try
        {
            await TellAsync();
        }
        finally
        {
            _inFlight.Close();
        }

        if (Volatile.Read(ref _readError) is { } error) throw error;
    }

    private async Task TellAsync()
    {
        FiqException? first = null;
        while (await _inFlight.NextAsync() is { } batch)
        {
            try
            {
                IReadOnlyList<Acknowledgement> acks = await batch.Stored;
                Tell(batch, acks);
            }
            catch (FiqException error)
            {
                _inFlight.Close();
                int stored = (error as PartlyStoredException)?.Stored.Count ?? 0;
                if (error is PartlyStoredException partly) Tell(batch, partly.Stored);
                first ??= WithPlace(error, batch.Lines[stored]);
            }
            finally
            {
                _inFlight.Finish(batch);
            }

            _rules.Told?.Invoke(Acked);
            if (!_inFlight.IsNextStored) _acks.Flush();
        }

        _acks.Flush();
        if (first is not null) throw first;
    }

    private void Tell(PendingBatch batch, IReadOnlyList<Acknowledgement> acks)
    {
        for (int i = 0; i < acks.Count; i++)
        {
            _acks.Write(acks[i], batch.Messages[i].Key);
            if (acks[i].Duplicate) Known++;
            else Acked++;
        }
    }

    private FiqException WithPlace(FiqException error, long line)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string next = _rules.GoOn?.Invoke(line) ?? string.Create(invariant, $"go on with tail -n +{line}");
        string hint = error.Code == ErrorCode.Unknown
            ? string.Create(invariant, $"It can't be known whether the lines from {line:N0} on are stored.")
            : string.Create(
                invariant,
                $"Stored up to line {line - 1:N0}; {next}. {error.Hint}");
        return new FiqException(error.Code, error.Message, hint.TrimEnd(), error) { Queue = error.Queue };
    }

    private void ReadToEnd()
    {
        try
        {
            while (TakeAvailable() && Send())
            {
                if (_reader.Fill()) continue;
                if (TakeAvailable()) IsWhole = Send(isEnd: true);
                break;
            }
        }
        catch (Exception error)
        {
            Volatile.Write(ref _readError, error);
        }

        _inFlight.Close();
    }

    /// <summary>Handles every line that has been read; false when the input has ended.</summary>
    private bool TakeAvailable()
    {
        while (_reader.TryNext(out InputLine line))
        {
            if (!Take(line))
            {
                IsWhole = Send(isEnd: true);
                return false;
            }

            if (_batch.Count >= (_rules.Pacer?.PortionMax ?? BatchCountMax) && !Send()) return false;
        }

        return true;
    }

    /// <summary>Handles one line; false when it says <c>exit</c>.</summary>
    private bool Take(InputLine line)
    {
        if (line.SkippedSize > 0)
        {
            _refusals.Add(line.Number, LineRefusal.LineTooLong(line.SkippedSize, _format.BodySizeMax));
            return true;
        }

        ReadOnlyMemory<byte> bytes = _format.IsText ? TextLine.WithoutReturn(line.Bytes) : line.Bytes;
        if (_rules.InputIsReady is { } isReady && _format.IsText && TextLine.IsExit(bytes.Span))
        {
            ExitLine = line.Number;
            MoreFollowed = _reader.HasRest || (isReady() && _reader.Fill());
            return false;
        }

        if (_format.Parse(bytes, out LineRefusal? refusal) is { } message)
            Add(_rules.Numbering?.Number(message, line) ?? message, line.Number);
        else
            _refusals.Add(line.Number, refusal!);
        return true;
    }

    private void Add(Message message, long line)
    {
        _batch.Add(message);
        _batchLines.Add(line);
        _batchBytes += message.Body.Length;
    }

    /// <summary>Starts what has been gathered; false when nothing more may be stored.</summary>
    private bool Send(bool isEnd = false)
    {
        int held = _rules.Numbering is { HoldsLast: true } && !isEnd ? 1 : 0;
        if (_batch.Count <= held) return true;
        List<Message> messages = _batch;
        List<long> lines = _batchLines;
        (_batch, _batchLines) = (messages[^held..], lines[^held..]);
        long bytes = _batchBytes;
        _batchBytes = 0;
        if (held > 0)
        {
            messages.RemoveAt(messages.Count - 1);
            lines.RemoveAt(lines.Count - 1);
            _batchBytes = _batch[0].Body.Length;
            bytes -= _batchBytes;
        }

        if (isEnd && _rules.Numbering is { HoldsLast: true } numbering) messages[^1] = numbering.End(messages[^1]);
        _rules.Pacer?.WaitAndTake(messages.Count);
        return _inFlight.TryStart(bytes, () => new PendingBatch(messages, bytes, lines, Start(messages)));
    }

    private async Task<IReadOnlyList<Acknowledgement>> Start(List<Message> messages) =>
        await _producer.ProduceAsync(messages, CancellationToken.None);
}
