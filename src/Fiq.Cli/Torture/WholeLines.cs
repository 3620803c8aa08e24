namespace Fiq.Cli.Torture;

/// <summary>Reads a pipe line by line. What a killed process did not end with LF did not arrive.</summary>
internal static class WholeLines
{
    private const int BufferSize = 64 * 1024;

    public static void Read(Stream pipe, Action<ReadOnlySpan<byte>> line)
    {
        byte[] buffer = new byte[BufferSize];
        int used = 0;
        while (true)
        {
            if (used == buffer.Length) Array.Resize(ref buffer, buffer.Length * 2);
            int count = pipe.Read(buffer, used, buffer.Length - used);
            if (count == 0) return;
            used += count;
            ReadOnlySpan<byte> rest = buffer.AsSpan(0, used);
            int end;
            while ((end = rest.IndexOf((byte)'\n')) >= 0)
            {
                line(rest[..end]);
                rest = rest[(end + 1)..];
            }

            rest.CopyTo(buffer);
            used = rest.Length;
        }
    }
}
