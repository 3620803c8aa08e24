using System.CommandLine;
using Fiq.Cli.Frame;
using Fiq.Engine;

namespace Fiq.Cli.Dead;

/// <summary>Which dead letters are meant: all that match everything that is given.</summary>
internal sealed class DeadFilter
{
    private static readonly string[] Names = ["--key", "--error", "--older", "--group", "--letter"];

    private readonly Option<string?> _key = OptionKinds.Parsed<string?>(
        "--key", "KEY", "Only those with this key.", "any", null, text => MessageKey.Parse(text).ToString());

    private readonly Option<string?> _error = OptionKinds.Text(
        "--error", "TEXT", "Only those whose error contains this text.", "any");

    private readonly Option<TimeSpan?> _older = OptionKinds.OptionalDuration(
        "--older", "Only those that died at least so long ago.", "any");

    private readonly Option<GroupName?> _group = OptionKinds.Parsed<GroupName?>(
        "--group", "NAME", "Only those that this group gave up.", "any", null, text => GroupName.Parse(text));

    private readonly Option<long?> _letter = OptionKinds.OptionalNumber(
        "--letter", "Only the one with this number, as fiq dead list shows it.", "any", 0, long.MaxValue);

    private readonly Option<bool> _all = OptionKinds.Flag("--all", "All of them.");

    /// <summary>For commands that only look: nothing given means all.</summary>
    public void AddTo(Command command)
    {
        foreach (Option option in new Option[] { _key, _error, _older, _group, _letter }) command.Options.Add(option);
    }

    /// <summary>For commands that act: all must be asked for.</summary>
    public void AddWithAllTo(Command command)
    {
        AddTo(command);
        command.Options.Add(_all);
    }

    /// <summary>The letters of a queue that match, oldest first.</summary>
    public async IAsyncEnumerable<DeadLetter> FindAsync(Invocation invocation, QueueName queue)
    {
        long now = (DateTimeOffset.UtcNow - DateTimeOffset.UnixEpoch).Ticks / TimeSpan.TicksPerMicrosecond;
        await foreach (DeadLetter letter in invocation.Engine.ReadDeadLettersAsync(queue, CancellationToken.None))
            if (Matches(invocation, letter, now)) yield return letter;
    }

    /// <summary>Refuses an act on nothing in particular.</summary>
    public void RequireSome(Invocation invocation)
    {
        bool some = invocation.Get(_all)
            || invocation.Get(_key) is not null
            || invocation.Get(_error) is not null
            || invocation.Get(_older) is not null
            || invocation.Get(_group) is not null
            || invocation.Get(_letter) is not null;
        if (!some) throw OptionKinds.Wrong("which dead letters?", $"Give {string.Join(", ", Names)} or --all.");
    }

    private bool Matches(Invocation invocation, DeadLetter letter, long now) =>
        (invocation.Get(_key) is not string key || letter.Message.Key.ToString() == key)
        && (invocation.Get(_error) is not string error || letter.Error.Contains(error, StringComparison.Ordinal))
        && (invocation.Get(_older) is not TimeSpan age || letter.DiedMicroseconds <= now - (long)age.TotalMicroseconds)
        && (invocation.Get(_group) is not GroupName group || letter.Group == group)
        && (invocation.Get(_letter) is not long number || letter.LetterOffset == number);
}
