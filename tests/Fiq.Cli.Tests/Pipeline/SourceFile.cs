using System.Text;
using Fiq.Pipeline;

namespace Fiq.Cli.Tests.Pipeline;

/// <summary>A file for one test, and what a queue would keep of it.</summary>
internal sealed class SourceFile : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("fiq-test-").FullName;

    public string Path => PathOf("input.txt");

    /// <summary>What the queue knows of the producer.</summary>
    public ProducerPosition Last { get; private set; }

    /// <summary>Every line that was stored, in order.</summary>
    public List<string> Stored { get; } = [];

    public List<string> Told { get; } = [];

    public string PathOf(string name) => System.IO.Path.Combine(_folder, name);

    public void Write(string text) => File.WriteAllText(Path, text);

    public void Append(string text) => File.AppendAllText(Path, text);

    public FileSource Open(bool again = false, bool follow = false, long lineSizeMax = 1000) => FileSource.Open(
        new FileSourceOptions
        {
            Path = Path,
            LineSizeMax = lineSizeMax,
            Again = again,
            Follow = follow,
            Tell = Told.Add,
            PollInterval = TimeSpan.FromMilliseconds(5),
            RotationPatience = TimeSpan.FromMilliseconds(50),
        },
        Last);

    /// <summary>
    /// Stores what is there, at most so many lines, as a producer does; the queue takes no duplicate.
    /// </summary>
    public FileStart Run(bool again = false, int linesMax = int.MaxValue)
    {
        using FileSource source = Open(again);
        int count = 0;
        do
        {
            while (count < linesMax && source.TryNext(out InputLine line)) count += Store(source, line) ? 1 : 0;
        }
        while (count < linesMax && source.Fill());
        while (count < linesMax && source.TryNext(out InputLine line)) count += Store(source, line) ? 1 : 0;
        return source.Start;
    }

    /// <summary>Stores a line; those that begin with a question mark are refused.</summary>
    public bool Store(FileSource source, InputLine line)
    {
        if (line.SkippedSize > 0 || line.Bytes.Span.StartsWith("?"u8)) return false;
        Message message = source.Number(new Message { Body = line.Bytes }, line);
        message.Sequence.Should().BeGreaterThan(Last.Sequence, "nothing may be taken for a duplicate");
        Last = new ProducerPosition(message.Sequence, Stored.Count, message.ProducerNote.ToArray());
        Stored.Add(Encoding.UTF8.GetString(line.Bytes.Span));
        return true;
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
