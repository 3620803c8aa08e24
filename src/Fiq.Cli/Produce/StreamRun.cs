using System.Diagnostics;
using System.Globalization;
using Fiq.Cli.Frame;
using Fiq.Cli.Messages;
using Fiq.Cli.Terminal;
using Fiq.Engine;
using Fiq.Pipeline;
using Fiq.Workers;

namespace Fiq.Cli.Produce;

/// <summary>Lines from a pipe or a file, with what is said about them and how it ends.</summary>
internal sealed class StreamRun(
    Invocation invocation,
    IQueueProducer producer,
    ILineFormat format,
    RefusalReport refusals,
    FullWait wait,
    Pacer? pacer)
{
    private readonly Streams _streams = invocation.Streams;

    /// <summary>Lines from stdin; with a name each has its line number as its sequence.</summary>
    public async Task<ExitCode> RunPipeAsync(ProducerName? name, ProducerPosition last)
    {
        PipeNumbering? numbering = name is ProducerName known ? new PipeNumbering(known, last) : null;
        var reader = new LineReader(
            _streams.Input, format.LineSizeMax, taken: numbering is null ? null : numbering.Take);
        var rules = new PipeRules { InputIsReady = _streams.InputIsReady, Numbering = numbering, Pacer = pacer };
        return await RunAsync(reader, rules, isShown: true);
    }

    /// <summary>The lines of a file, from where the queue says that it has come to.</summary>
    public async Task<ExitCode> RunFileAsync(FileSourceOptions options, ProducerPosition last)
    {
        var progress = new FileProgress(invocation, options.Path, options.Follow, TimeProvider.System);
        FileSourceOptions telling = options with
        {
            Tell = sentence =>
            {
                progress.Clear();
                invocation.Say(sentence);
            },
        };
        using FileSource source = FileSource.Open(telling, last);
        string path = Printable.Escape(options.Path);
        if (source.Start == FileStart.Continued && source.IsAtEnd && !options.Follow)
        {
            invocation.Say(string.Create(
                CultureInfo.InvariantCulture,
                $"nothing new in {path}: {source.StoredBefore:N0} lines are already in {producer.Queue}; "
                    + $"--again adds them once more"));
            return ExitCode.Done;
        }

        if (Opening(source, path) is string sentence) invocation.Say(sentence);
        // A terminal has the progress instead: thousands of acknowledgements say less.
        var rules = new PipeRules
        {
            Numbering = source,
            Pacer = pacer,
            GoOn = line => string.Create(
                CultureInfo.InvariantCulture, $"run it again, or go on with tail -n +{line}"),
            Told = stored => progress.Show(stored, source.Position, source.Length),
        };
        return await RunAsync(source, rules, isShown: !_streams.OutputIsTerminal, progress.Clear);
    }

    private async Task<ExitCode> RunAsync(
        ILineSource source, PipeRules rules, bool isShown, Action? ended = null)
    {
        var acks = new AckWriter(_streams.Output, invocation.Json, invocation.Quiet || !isShown);
        var run = new PipeRun(producer, source, format, acks, refusals, rules);
        long started = Stopwatch.GetTimestamp();
        void Stop()
        {
            // First: whoever waits for room holds up the other.
            wait.Stop();
            run.Stop();
        }

        using var signals = new StopSignals(_ => Stop(), StopSignals.EndByDefault);
        void Summarize()
        {
            ended?.Invoke();
            invocation.Say(Summary(run, Stopwatch.GetElapsedTime(started)));
        }

        try
        {
            await run.RunAsync();
        }
        catch (FiqException)
        {
            // The error is the last of the output.
            Summarize();
            throw;
        }

        Summarize();
        if (run.MoreFollowed)
            invocation.Say($"exit in line {run.ExitLine} ended the input; what follows it was not read");
        ExitCode exit = refusals.Count > 0 || run.MoreFollowed ? ExitCode.SomeRefused : ExitCode.Done;
        return signals.ExitAfterDrain(exit);
    }

    private string? Opening(FileSource source, string path) => source.Start switch
    {
        FileStart.Replaced => $"another file is at {path} now: it is a new input, from its first line on",
        FileStart.Again => $"{path} once more, from its first line on",
        FileStart.Continued => string.Create(
            CultureInfo.InvariantCulture,
            $"{source.StoredBefore:N0} lines of {path} are already in {producer.Queue}; going on behind them"),
        _ => null,
    };

    private string Summary(PipeRun run, TimeSpan elapsed)
    {
        CultureInfo invariant = CultureInfo.InvariantCulture;
        string known = run.Known > 0 ? string.Create(invariant, $", {run.Known:N0} stored before") : "";
        string rest = refusals.Count > 0 ? string.Create(invariant, $", {refusals.Count:N0} refused") : "";
        string rate = run.Acked >= 1000 && elapsed > TimeSpan.Zero
            ? string.Create(invariant, $" ({run.Acked / elapsed.TotalSeconds:N0}/s)")
            : "";
        return string.Create(invariant, $"{run.Acked:N0} acked{known}{rest} in {elapsed.TotalSeconds:0.00} s{rate}");
    }
}
