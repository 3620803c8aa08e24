using System.Security.Cryptography;
using System.Text;

namespace Fiq.Pipeline;

/// <summary>The name under which a file's lines are numbered: this machine and the file's path.</summary>
public static class FileProducer
{
    private const string MachineIdPath = "/etc/machine-id";
    private const string Prefix = "file:";

    // A hash in hexadecimal and the mark before it.
    private const int HashedSize = 65;

    /// <summary>The name of a file. A path that is too long for a name ends in the hash of all of it.</summary>
    public static ProducerName NameOf(string path) => NameOf(MachineId(), Path.GetFullPath(path));

    internal static ProducerName NameOf(string machine, string path)
    {
        string whole = $"{Prefix}{machine}:{path}";
        if (ProducerName.TryParse(whole, out ProducerName name)) return name;
        string hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        // Whatever of the path fits and may stand in a name is for people; the hash alone tells files apart.
        int room = ProducerName.LengthMax - HashedSize;
        var shown = new StringBuilder();
        int used = 0;
        foreach (Rune rune in whole.EnumerateRunes())
        {
            used += rune.Utf8SequenceLength;
            if (used > room) break;
            shown.Append(Rune.IsControl(rune) ? "?" : rune.ToString());
        }

        return ProducerName.Parse($"{shown}#{hash}");
    }

    private static string MachineId()
    {
        string id = File.Exists(MachineIdPath) ? File.ReadAllText(MachineIdPath).Trim() : "";
        return id.Length > 0 ? id : Environment.MachineName;
    }
}
