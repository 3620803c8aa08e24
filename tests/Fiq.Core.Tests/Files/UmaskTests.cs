namespace Fiq.Tests.Files;

[Collection(WholeProcess.Name)]
public sealed class UmaskTests
{
    [Theory]
    [InlineData(0b000_000_000)]
    [InlineData(0b000_010_010)]
    [InlineData(0b000_111_111)]
    [InlineData(0b010_111_111)]
    public void Modes_are_exact_whatever_the_umask(uint mask)
    {
        using var folder = new TemporaryFolder();
        uint before = TestSystem.SetUmask(mask);
        try
        {
            folder.Directory.CreateFile("file").Dispose();
            folder.Directory.CreateDirectory("inner").Dispose();
            folder.Files.CreateDirectory(folder.PathOf("made/below")).Dispose();
        }
        finally
        {
            _ = TestSystem.SetUmask(before);
        }

        Mode("file").Should().Be(0b110_000_000);
        Mode("inner").Should().Be(0b111_000_000);
        Mode("made").Should().Be(0b111_000_000);
        Mode("made/below").Should().Be(0b111_000_000);

        int Mode(string name) => (int)File.GetUnixFileMode(folder.PathOf(name));
    }
}
