using System.CommandLine;
using System.Text;

namespace Fiq.Cli.Frame;

/// <summary>
/// What every destroying command asks before it acts: on a terminal it asks, elsewhere it needs --yes, and --dry-run
/// only says what would go.
/// </summary>
internal sealed class Consent
{
    private const int AnswerSizeMax = 100;

    public Option<bool> Yes { get; } = OptionKinds.Flag("--yes", "Do it without asking.");

    public Option<bool> DryRun { get; } = OptionKinds.Flag("--dry-run", "Only say what would go.");

    /// <summary>Whether to go on. <paramref name="what"/> names the act and what goes with it.</summary>
    /// <exception cref="FiqException"><see cref="ErrorCode.BadRequest"/>: nobody is there to ask.</exception>
    public bool Given(Invocation invocation, string what)
    {
        if (invocation.Get(DryRun))
        {
            invocation.Say($"would {what}");
            return false;
        }

        if (invocation.Get(Yes)) return true;
        if (!invocation.Streams.InputIsTerminal || invocation.Json)
            throw new FiqException(ErrorCode.BadRequest, $"would {what}", "Nothing was done; --yes does it.");
        invocation.Streams.WriteError($"{what}\n{invocation.ErrorInk.Bold("Go on? [y/N]")} ");
        bool yes = ReadAnswer(invocation) is "y" or "yes";
        if (!yes) invocation.Say("nothing was done");
        return yes;
    }

    private static string ReadAnswer(Invocation invocation)
    {
        Span<byte> answer = stackalloc byte[AnswerSizeMax];
        int count = invocation.Streams.Input.Read(answer);
        return Encoding.UTF8.GetString(answer[..count]).Trim().ToUpperInvariant() switch
        {
            "Y" => "y",
            "YES" => "yes",
            _ => "",
        };
    }
}
