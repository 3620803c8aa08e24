using System.Reflection;

namespace Fiq.Tests.House.Compiled;

/// <summary>One compiled use: a type of ours refers to another type, or to a member of it.</summary>
/// <param name="User">The outermost type whose code or signature it is.</param>
/// <param name="Target">The outermost type that is used.</param>
/// <param name="Member">The member that is called, read or written; null when only the type is named.</param>
internal sealed record Use(Type User, Type Target, MethodBase? Member)
{
    public override string ToString() => Member is null
        ? $"{User.FullName} uses {Target.FullName}"
        : $"{User.FullName} calls {Target.FullName}.{Member.Name}";
}

/// <summary>
/// All uses in compiled types: bases, interfaces, fields, signatures, generic arguments, attributes, local variables
/// and every token in every method body. A scan of `using` lines would miss what a child namespace sees of its parent.
/// </summary>
internal sealed class Uses
{
    private const BindingFlags Everything = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Static
        | BindingFlags.Instance | BindingFlags.DeclaredOnly;

    private readonly HashSet<Use> _found = [];
    private readonly Type _user;

    private Uses(Type user)
    {
        _user = user;
    }

    /// <summary>The uses by all types whose namespace is <paramref name="root"/> or lies below it.</summary>
    public static IReadOnlyCollection<Use> In(Assembly assembly, string root)
    {
        var found = new HashSet<Use>();
        foreach (var type in assembly.GetTypes().Where(type => IsBelow(Outermost(type).Namespace, root)))
        {
            var uses = new Uses(Outermost(type));
            uses.ReadType(type);
            found.UnionWith(uses._found.Where(use => use.Target != use.User));
        }

        return found;
    }

    public static bool IsBelow(string? name, string root)
    {
        return name == root || (name is not null && name.StartsWith(root + ".", StringComparison.Ordinal));
    }

    private static Type Outermost(Type type)
    {
        return type.DeclaringType is null ? type : Outermost(type.DeclaringType);
    }

    private void ReadType(Type type)
    {
        Add(type.BaseType);
        AddAll(type.GetInterfaces());
        AddAll(type.GetGenericArguments().SelectMany(argument => argument.GetGenericParameterConstraints()));
        AddAttributes(type);
        foreach (var field in type.GetFields(Everything))
        {
            Add(field.FieldType);
            AddAttributes(field);
        }

        foreach (var method in type.GetMethods(Everything).Cast<MethodBase>().Concat(type.GetConstructors(Everything)))
        {
            ReadMethod(method);
        }
    }

    private void ReadMethod(MethodBase method)
    {
        AddSignature(method);
        AddAttributes(method);
        if (method.GetMethodBody() is not { } body)
        {
            return;
        }

        AddAll(body.LocalVariables.Select(variable => variable.LocalType));
        AddAll(body.ExceptionHandlingClauses
            .Where(clause => clause.Flags == ExceptionHandlingClauseOptions.Clause)
            .Select(clause => clause.CatchType));
        foreach (var member in MethodTokens.In(method, body))
        {
            AddMember(member);
        }
    }

    private void AddMember(MemberInfo member)
    {
        switch (member)
        {
            case Type type:
                Add(type);
                break;
            case FieldInfo field:
                Add(field.DeclaringType);
                Add(field.FieldType);
                break;
            case MethodBase method:
                Add(method.DeclaringType);
                AddSignature(method);
                if (method.DeclaringType is { } target)
                {
                    _found.Add(new Use(_user, Outermost(Plain(target)), method));
                }

                break;
            default:
                throw new NotSupportedException($"a token names a {member.GetType().Name}");
        }
    }

    private void AddSignature(MethodBase method)
    {
        AddAll(method.GetParameters().Select(parameter => parameter.ParameterType));
        AddAll(method.IsGenericMethod ? method.GetGenericArguments() : []);
        Add((method as MethodInfo)?.ReturnType);
    }

    private void AddAttributes(MemberInfo member)
    {
        AddAll(member.GetCustomAttributesData().Select(attribute => attribute.AttributeType));
    }

    private void AddAll(IEnumerable<Type?> types)
    {
        foreach (var type in types)
        {
            Add(type);
        }
    }

    private void Add(Type? type)
    {
        if (type is null || type.IsGenericParameter)
        {
            return;
        }

        AddAll(type.IsConstructedGenericType ? type.GetGenericArguments() : []);
        if (type.HasElementType)
        {
            Add(type.GetElementType());
        }
        else if (!type.IsFunctionPointer)
        {
            _found.Add(new Use(_user, Outermost(Plain(type)), null));
        }
    }

    private static Type Plain(Type type) => type.IsConstructedGenericType ? type.GetGenericTypeDefinition() : type;
}
