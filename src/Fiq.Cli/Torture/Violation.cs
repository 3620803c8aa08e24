namespace Fiq.Cli.Torture;

/// <summary>A broken promise.</summary>
/// <param name="Kind">
/// <c>lost</c>, <c>changed</c>, <c>doubled</c>, <c>reordered</c>, <c>invented</c>, <c>redelivered</c> (without a
/// cause), <c>damaged</c> or <c>stuck</c>; never changes.
/// </param>
/// <param name="Text">What happened, with the message and its offset.</param>
internal sealed record Violation(string Kind, string Text);
