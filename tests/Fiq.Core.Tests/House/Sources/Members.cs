using System.Text.RegularExpressions;

namespace Fiq.Tests.House.Sources;

/// <summary>A member of a type, by its lines, from its header (attributes too) to its last brace.</summary>
internal sealed record Member(int FirstLine, int LastLine, string Header, bool IsField)
{
    public int LineCount => LastLine - FirstLine + 1;
}

/// <summary>The members of all types of a file, by counting braces. Local functions count with their method.</summary>
internal static partial class Members
{
    public static IReadOnlyList<Member> In(SourceFile file)
    {
        var found = new List<Member>();
        var at = 0;
        ReadBody(file, ref at, found);
        return found;
    }

    /// <summary>Reads what stands between a type's braces (or the whole file): members and nested types.</summary>
    private static void ReadBody(SourceFile file, ref int at, List<Member> found)
    {
        var code = file.Code;
        var start = at;
        while (at < code.Length)
        {
            switch (code[at])
            {
                case '}':
                    at++;
                    return;
                case ';':
                    Add(file, start, at, found);
                    start = ++at;
                    break;
                case '{' when HoldsMembers().IsMatch(code[start..at]):
                    at++;
                    ReadBody(file, ref at, found);
                    start = at;
                    break;
                case '{' or '(' or '[':
                    var isBlock = code[at] == '{' && !IsExpression(code[start..at]);
                    SkipBrackets(code, ref at);
                    if (isBlock)
                    {
                        Add(file, start, at - 1, found);
                        start = at;
                    }

                    break;
                default:
                    at++;
                    break;
            }
        }
    }

    private static void Add(SourceFile file, int start, int end, List<Member> found)
    {
        var text = file.Code[start..(end + 1)];
        var first = start + text.Length - text.TrimStart().Length;
        if (first >= end)
        {
            return;
        }

        var header = text.Trim().Split('\n')[0].Trim();
        found.Add(new Member(file.LineAt(first), file.LineAt(end), header, IsField(text)));
    }

    private static bool IsExpression(string header) => IsField(header) || Flat(header).Contains("=>", Before);

    /// <summary>A table of values is as long as it must be; only code is measured.</summary>
    private static bool IsField(string header)
    {
        var flat = Flat(header);
        var assign = Assignment().Match(flat);
        var arrow = flat.IndexOf("=>", Before);
        return assign.Success && (arrow < 0 || assign.Index < arrow);
    }

    /// <summary>The text up to its first brace, without what stands in brackets.</summary>
    private static string Flat(string header)
    {
        var brace = header.IndexOf('{', Before);
        var text = brace < 0 ? header : header[..brace];
        string before;
        do
        {
            before = text;
            text = Brackets().Replace(text, " ");
        }
        while (text != before);
        return text;
    }

    private static void SkipBrackets(string code, ref int at)
    {
        var depth = 0;
        do
        {
            depth += code[at] is '{' or '(' or '[' ? 1 : code[at] is '}' or ')' or ']' ? -1 : 0;
            at++;
        }
        while (depth > 0 && at < code.Length);
    }

    private const StringComparison Before = StringComparison.Ordinal;

    [GeneratedRegex(@"(^|\s)(class|struct|interface|record|namespace)\s+(?!where\b)[A-Za-z_]")]
    private static partial Regex HoldsMembers();

    [GeneratedRegex(@"(?<![=!<>])=(?![=>])")]
    private static partial Regex Assignment();

    [GeneratedRegex(@"\([^()]*\)|\[[^\[\]]*\]")]
    private static partial Regex Brackets();
}
