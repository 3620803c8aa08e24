using Fiq.Tests.House.Sources;

namespace Fiq.Tests.Golden;

/// <summary>
/// Compares bytes with a hex file of this folder, 16 bytes a line. FIQ_WRITE_GOLDEN=1 in the environment writes the
/// files anew: only when the format is meant to change.
/// </summary>
internal static class GoldenHex
{
    public static void Check(string name, byte[] bytes)
    {
        // Not CallerFilePath: a deterministic build writes /_/ for the repository's folder.
        var path = Path.Join(SourceTree.Root, "tests", "Fiq.Core.Tests", "Golden", name);
        var text = string.Concat(bytes.Chunk(16).Select(line => Convert.ToHexStringLower(line) + "\n"));
        if (Environment.GetEnvironmentVariable("FIQ_WRITE_GOLDEN") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, text);
        }

        File.ReadAllText(path).Should().Be(text, "{0} is on people's disks", name);
    }
}
