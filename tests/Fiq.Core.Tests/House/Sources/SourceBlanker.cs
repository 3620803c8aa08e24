using System.Text;

namespace Fiq.Tests.House.Sources;

/// <summary>
/// Tells code from comments and strings, well enough to count braces: line and block comments, characters, plain,
/// verbatim, raw and interpolated strings, and code inside the holes of interpolated ones.
/// </summary>
internal sealed class SourceBlanker
{
    private readonly string _text;
    private readonly StringBuilder _code;
    private readonly StringBuilder _comments;
    private int _at;

    private SourceBlanker(string text)
    {
        _text = text;
        var blank = new string([.. text.Select(character => character == '\n' ? '\n' : ' ')]);
        _code = new StringBuilder(blank);
        _comments = new StringBuilder(blank);
    }

    /// <summary>The code alone and the comments alone, each with blanks where the other stands.</summary>
    public static (string Code, string Comments) Split(string text)
    {
        var blanker = new SourceBlanker(text);
        blanker.ReadCode(untilHoleEnds: 0);
        return (blanker._code.ToString(), blanker._comments.ToString());
    }

    /// <summary>Reads code to the end of the text, or to the braces that close an interpolation's hole.</summary>
    private void ReadCode(int untilHoleEnds)
    {
        var depth = 0;
        while (_at < _text.Length)
        {
            if (untilHoleEnds > 0 && depth == 0 && Peek('}', untilHoleEnds))
            {
                _at += untilHoleEnds;
                return;
            }

            if (TryReadComment() || TryReadString())
            {
                continue;
            }

            var character = _text[_at];
            depth += character == '{' ? 1 : character == '}' ? -1 : 0;
            if (untilHoleEnds == 0 && character != '\n')
            {
                _code[_at] = character;
            }

            _at++;
        }
    }

    private bool TryReadComment()
    {
        var end = Starts("//") ? EndOf("\n", 0) : Starts("/*") ? EndOf("*/", 2) : -1;
        if (end < 0)
        {
            return false;
        }

        for (; _at < end; _at++)
        {
            if (_text[_at] != '\n')
            {
                _comments[_at] = _text[_at];
            }
        }

        return true;
    }

    private bool TryReadString()
    {
        if (_text[_at] == '\'')
        {
            _at++;
            ReadQuoted('\'', verbatim: false, holeBraces: 0);
            return true;
        }

        var at = _at;
        var dollars = 0;
        var verbatim = false;
        while (at < _text.Length && _text[at] is '$' or '@')
        {
            dollars += _text[at] == '$' ? 1 : 0;
            verbatim |= _text[at] == '@';
            at++;
        }

        if (at >= _text.Length || _text[at] != '"')
        {
            return false;
        }

        _at = at;
        var quotes = Run('"');
        if (quotes >= 3)
        {
            ReadRaw(quotes, dollars);
            return true;
        }

        _at++;
        ReadQuoted('"', verbatim, dollars > 0 ? 1 : 0);
        return true;
    }

    private void ReadQuoted(char quote, bool verbatim, int holeBraces)
    {
        while (_at < _text.Length)
        {
            var character = _text[_at];
            if (character == quote && !(verbatim && Peek(quote, 2)))
            {
                _at++;
                return;
            }

            if (holeBraces > 0 && character == '{' && !Peek('{', 2))
            {
                _at++;
                ReadCode(holeBraces);
                continue;
            }

            var isPair = (character == '\\' && !verbatim) || (character == quote && verbatim)
                || (holeBraces > 0 && Peek('{', 2));
            _at += isPair ? 2 : 1;
        }
    }

    private void ReadRaw(int quotes, int dollars)
    {
        _at += quotes;
        while (_at < _text.Length)
        {
            if (_text[_at] == '"' && Run('"') >= quotes)
            {
                _at += Run('"');
                return;
            }

            if (dollars > 0 && _text[_at] == '{' && Run('{') >= dollars)
            {
                _at += Run('{');
                ReadCode(dollars);
                continue;
            }

            _at++;
        }
    }

    private int Run(char character)
    {
        var at = _at;
        while (at < _text.Length && _text[at] == character)
        {
            at++;
        }

        return at - _at;
    }

    private bool Peek(char character, int times) => Run(character) >= times;

    private bool Starts(string word) => string.CompareOrdinal(_text, _at, word, 0, word.Length) == 0;

    private int EndOf(string word, int skip)
    {
        var found = _text.IndexOf(word, _at + skip, StringComparison.Ordinal);
        return found < 0 ? _text.Length : found + (word == "\n" ? 0 : word.Length);
    }
}
