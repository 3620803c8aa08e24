namespace Fiq.Tests.House.Sources;

public sealed class MembersTests
{
    private const string Sample = """
        using System;

        namespace Fiq;

        internal sealed class A<T> : B where T : struct
        {
            private static readonly int[] Table =
            [
                1, 2,
            ];

            private readonly Options _options = new() { Name = "}" };

            public int Count { get; } = 4;

            [Fact(Skip = "none")]
            public int Method(int a = 1)
            {
                return a switch { 1 => 2, _ => 3 };
            }

            public int Expression(int a) => a switch
            {
                1 => 2,
                _ => 3,
            };

            private struct Nested
            {
                public void Inner()
                {
                    void Local() { }
                }
            }
        }
        """;

    [Fact]
    public void Members_of_types_and_nested_types_are_measured()
    {
        var members = Members.In(new SourceFile("Sample.cs", Sample));
        members.Where(member => !member.IsField).Select(member => (member.FirstLine, member.LineCount))
            .Should().Contain([(16, 5), (22, 5), (30, 4)]);
    }

    [Fact]
    public void A_table_is_a_field_however_it_is_written()
    {
        var members = Members.In(new SourceFile("Sample.cs", Sample));
        members.Where(member => member.IsField).Select(member => member.FirstLine).Should().Contain([7, 12]);
    }
}
