using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;

namespace Fiq.Cli.Exec;

/// <summary>
/// This process's own environment, byte for byte as it was inherited, with a few variables of ours in front. .NET
/// never changes what lies there, so the bytes can be handed on as they are.
/// </summary>
internal sealed unsafe class NativeEnvironment
{
    private readonly nint[] _inherited;
    private readonly string[] _names;

    /// <param name="names">The variables that are set for each command; those of the same names are left out.</param>
    public NativeEnvironment(params string[] names)
    {
        _names = names;
        var inherited = new List<nint>();
        byte** each = *(byte***)NativeLibrary.GetExport(NativeLibrary.GetMainProgramHandle(), "environ");
        for (; each != null && *each != null; each++)
            if (!IsOurs(MemoryMarshal.CreateReadOnlySpanFromNullTerminated(*each))) inherited.Add((nint)(*each));
        _inherited = [.. inherited];
    }

    /// <summary>Calls with the whole list, which lives as long as the call.</summary>
    /// <param name="values">One for each name, in their order.</param>
    /// <param name="use">What needs it.</param>
    public T With<T>(ReadOnlySpan<string> values, EnvironmentUse<T> use)
    {
        var text = new ArrayBufferWriter<byte>(512);
        int[] starts = new int[values.Length];
        for (int i = 0; i < values.Length; i++)
        {
            starts[i] = text.WrittenCount;
            Encoding.UTF8.GetBytes($"{_names[i]}={values[i]}\0", text);
        }

        nint[] list = new nint[values.Length + _inherited.Length + 1];
        _inherited.CopyTo(list, values.Length);
        fixed (byte* ours = text.WrittenSpan)
        fixed (nint* first = list)
        {
            for (int i = 0; i < starts.Length; i++) list[i] = (nint)(ours + starts[i]);
            return use((byte**)first);
        }
    }

    private bool IsOurs(ReadOnlySpan<byte> variable)
    {
        foreach (string name in _names)
            if (variable.Length > name.Length
                && variable[name.Length] == (byte)'='
                && variable.StartsWith(Encoding.UTF8.GetBytes(name)))
                return true;
        return false;
    }
}

/// <summary>Something that needs an environment for a moment.</summary>
internal unsafe delegate T EnvironmentUse<T>(byte** environment);
