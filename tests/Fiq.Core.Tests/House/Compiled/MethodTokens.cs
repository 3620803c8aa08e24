using System.Buffers.Binary;
using System.Reflection;
using System.Reflection.Emit;

namespace Fiq.Tests.House.Compiled;

/// <summary>Reads the types, fields and methods that the instructions of a method body name.</summary>
internal static class MethodTokens
{
    private const byte TwoByteMark = 0xFE;

    private static readonly Dictionary<short, OpCode> Codes = typeof(OpCodes)
        .GetFields(BindingFlags.Public | BindingFlags.Static)
        .Select(field => (OpCode)field.GetValue(null)!)
        .ToDictionary(code => code.Value);

    public static IEnumerable<MemberInfo> In(MethodBase method, MethodBody body)
    {
        var typeArguments = method.DeclaringType?.GetGenericArguments();
        var methodArguments = method.IsGenericMethodDefinition ? method.GetGenericArguments() : null;
        foreach (var token in Tokens(body.GetILAsByteArray() ?? []))
        {
            yield return method.Module.ResolveMember(token, typeArguments, methodArguments)
                ?? throw new InvalidOperationException($"{method} names an unknown token {token:x8}");
        }
    }

    private static List<int> Tokens(byte[] code)
    {
        var tokens = new List<int>();
        var at = 0;
        while (at < code.Length)
        {
            var isLong = code[at] == TwoByteMark;
            var instruction = Codes[isLong ? (short)(TwoByteMark << 8 | code[at + 1]) : code[at]];
            at += isLong ? 2 : 1;
            var operand = code.AsSpan(at);
            if (instruction.OperandType is OperandType.InlineField or OperandType.InlineMethod
                or OperandType.InlineTok or OperandType.InlineType)
            {
                tokens.Add(BinaryPrimitives.ReadInt32LittleEndian(operand));
            }

            at += OperandBytes(instruction.OperandType, operand);
        }

        return tokens;
    }

    private static int OperandBytes(OperandType type, ReadOnlySpan<byte> operand) => type switch
    {
        OperandType.InlineNone => 0,
        OperandType.ShortInlineBrTarget or OperandType.ShortInlineI or OperandType.ShortInlineVar => 1,
        OperandType.InlineVar => 2,
        OperandType.InlineI8 or OperandType.InlineR => 8,
        OperandType.InlineSwitch => 4 + (4 * BinaryPrimitives.ReadInt32LittleEndian(operand)),
        _ => 4,
    };
}
