using System.Text;

namespace Fiq.Cli.Queues;

/// <summary>Rows in columns: the first and the last stand left, the numbers between them right.</summary>
internal static class TextTable
{
    public static string Format(IReadOnlyList<string[]> rows)
    {
        int columns = rows[0].Length;
        int[] widths = new int[columns];
        for (int i = 0; i < columns; i++) widths[i] = rows.Max(row => row[i].Length);
        var table = new StringBuilder();
        foreach (string[] row in rows)
        {
            var line = new StringBuilder();
            for (int i = 0; i < columns; i++)
            {
                bool left = i == 0 || i == columns - 1;
                line.Append(left ? row[i].PadRight(widths[i]) : row[i].PadLeft(widths[i])).Append("  ");
            }

            table.Append(line.ToString().TrimEnd()).Append('\n');
        }

        return table.ToString();
    }
}
