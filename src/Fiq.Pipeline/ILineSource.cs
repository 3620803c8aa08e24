namespace Fiq.Pipeline;

/// <summary>Where lines come from. One thread uses it.</summary>
public interface ILineSource
{
    /// <summary>Whether anything is left of what has been read.</summary>
    bool HasRest { get; }

    /// <summary>Takes the next line from what has been read; false when more must be read for it.</summary>
    bool TryNext(out InputLine line);

    /// <summary>Reads more, waiting for it. False at the end: a last line may still be there.</summary>
    bool Fill();
}
