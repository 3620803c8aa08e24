using System.Buffers;
using System.Text.Json;
using Fiq.Cli.Consume;
using Fiq.Cli.Terminal;
using Fiq.Workers;

namespace Fiq.Cli.Tests.Consume;

public sealed class ResultFormatTests
{
    private static readonly TextResult Pipe = new(new Ink(false), width: null);

    [Fact]
    public void A_line_says_what_who_and_how_long() =>
        Results.Line(Pipe, Results.Of("hello")).Should().Be("done #0 a1 \"hello\"  2.000 s  worker 1\n");

    [Fact]
    public void A_message_without_key_has_none_in_its_line() =>
        Results.Line(Pipe, Results.Of("hello", key: "")).Should().Be("done #0 \"hello\"  2.000 s  worker 1\n");

    [Fact]
    public void A_second_attempt_says_so() =>
        Results.Line(Pipe, Results.Of("x", attempt: 2)).Should().EndWith("worker 1  attempt 2\n");

    [Theory]
    [InlineData("a\nb", "\"a\\x0ab\"")]
    [InlineData("\u001b[2J", "\"\\x1b[2J\"")]
    [InlineData("grüße", "\"grüße\"")]
    public void Whatever_a_body_holds_a_line_stays_one_line(string body, string shown) =>
        Results.Line(Pipe, Results.Of(body)).Should().Contain(shown).And.EndWith("\n").And.HaveLength(
            $"done #0 a1 {shown}  2.000 s  worker 1\n".Length);

    [Fact]
    public void Bytes_that_are_not_text_are_escaped() =>
        Results.Line(Pipe, Results.Of([0xff, 0x41, 0])).Should().Contain("\"\\xffA\\x00\"");

    [Fact]
    public void In_a_pipe_a_long_body_is_shown_whole() =>
        Results.Line(Pipe, Results.Of(new string('x', 5000))).Should().Contain(new string('x', 5000));

    [Fact]
    public void On_a_terminal_a_long_body_is_shortened_to_the_width()
    {
        string line = Results.Line(new TextResult(new Ink(false), 60), Results.Of(new string('x', 5000)));
        line.TrimEnd('\n').Length.Should().BeLessThan(60);
        line.Should().Contain("…\"  2.000 s  worker 1");
    }

    [Fact]
    public void The_fields_of_json_never_change()
    {
        string line = Results.Line(new JsonResult(GroupName.Default), Results.Of("hello", offset: 7));
        line.Should().Be(
            "{\"offset\":7,\"key\":\"a1\",\"body\":\"hello\",\"time\":2,\"priority\":0,\"notBefore\":null,"
            + "\"timestamp\":\"2026-01-01T00:00:00.000000Z\",\"headers\":{},\"worker\":1,\"attempt\":1,"
            + "\"outcome\":\"done\",\"seconds\":2.0004,\"group\":\"default\"}\n");
    }

    [Fact]
    public void Json_of_any_body_is_one_line_of_json()
    {
        foreach (byte[] body in new byte[][] { [], [0], [0xff], "a\nb\u2028"u8.ToArray(), new byte[100_000] })
        {
            string line = Results.Line(new JsonResult(GroupName.Default), Results.Of(body));
            line.IndexOf('\n', StringComparison.Ordinal).Should().Be(line.Length - 1);
            FluentActions.Invoking(() => JsonDocument.Parse(line)).Should().NotThrow();
        }
    }

    [Fact]
    public void What_failed_says_which_attempt_why_and_when_it_comes_again()
    {
        Results.Line(Pipe, Failed("exit 1")).Should().Be(
            "retry #5 a1  attempt 2 of 5 failed: exit 1; again in 3.2 s\n");
        Results.Line(Pipe, Failed("exit 1", dead: true)).Should().Be("dead #5 a1  after 2 attempts: exit 1\n");
        Results.Line(Pipe, Failed("a\nb\u001b")).Should().Contain(": a\\x0ab\\x1b; again");
    }

    [Fact]
    public void On_a_terminal_a_long_error_is_shortened_to_the_width()
    {
        string line = Results.Line(new TextResult(new Ink(false), 80), Failed(new string('x', 900)));
        line.TrimEnd('\n').Length.Should().BeLessThan(80);
        line.Should().EndWith("…; again in 3.2 s\n");
    }

    [Fact]
    public void In_json_a_failure_has_its_outcome_and_its_error()
    {
        Results.Line(new JsonResult(GroupName.Default), Failed("exit 1")).Should().EndWith(
            "\"attempt\":2,\"outcome\":\"retry\",\"seconds\":2.0004,\"group\":\"default\",\"error\":\"exit 1\"}\n");
        Results.Line(new JsonResult(GroupName.Default), Failed("exit 1", dead: true)).Should().Contain(
            "\"outcome\":\"dead\"");
    }

    [Fact]
    public void Raw_says_nothing_of_what_failed() => Results.Line(new RawResult(), Failed("exit 1")).Should().BeEmpty();

    private static WorkResult Failed(string error, bool dead = false) => Results.Of("hello", offset: 5, attempt: 2) with
    {
        Failure = new WorkFailure
        {
            Error = error,
            IsDead = dead,
            Attempts = 2,
            AttemptsMax = 5,
            Delay = TimeSpan.FromSeconds(3.2),
        },
    };

    [Fact]
    public void Raw_is_the_bytes_and_a_line_feed()
    {
        var line = new ArrayBufferWriter<byte>();
        new RawResult().Append(line, Results.Of([0xff, 0, 0x0d]));
        line.WrittenSpan.ToArray().Should().Equal(0xff, 0, 0x0d, 0x0a);
    }
}
