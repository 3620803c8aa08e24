using System.Runtime.InteropServices;

namespace Fiq.Cli.Exec;

/// <summary>
/// Words as C wants them: each ends in a zero byte, and their list in a null. They stay where they are.
/// </summary>
internal sealed unsafe class NativeWords : IDisposable
{
    private readonly nint[] _words;
    private readonly byte** _list;

    public NativeWords(IReadOnlyList<string> words)
    {
        _words = [.. words.Select(Marshal.StringToCoTaskMemUTF8)];
        _list = (byte**)NativeMemory.Alloc((nuint)words.Count + 1, (nuint)sizeof(byte*));
        for (int i = 0; i < words.Count; i++) _list[i] = (byte*)_words[i];
        _list[words.Count] = null;
    }

    /// <summary>The list; its first word is the program.</summary>
    public byte** List => _list;

    public void Dispose()
    {
        foreach (nint word in _words) Marshal.FreeCoTaskMem(word);
        NativeMemory.Free(_list);
    }
}
