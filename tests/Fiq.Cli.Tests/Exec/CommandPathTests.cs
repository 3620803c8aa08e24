using Fiq.Cli.Exec;

namespace Fiq.Cli.Tests.Exec;

public sealed class CommandPathTests
{
    [Theory]
    [InlineData("mail -s news", "mail")]
    [InlineData("  ./run.sh", "./run.sh")]
    [InlineData("true", "true")]
    [InlineData("a|b", "a")]
    [InlineData("a;b", "a")]
    [InlineData("x=1 mail", null)]
    [InlineData("work() { :; }; work", null)]
    [InlineData("$HOME/run", null)]
    [InlineData("'my command'", null)]
    [InlineData("# nothing", null)]
    [InlineData("(a)", null)]
    public void Only_a_first_word_that_can_be_nothing_but_a_command_is_looked_for(string command, string? word) =>
        CommandPath.PlainWord(command).Should().Be(word);

    [Theory]
    [InlineData("ls", true)]
    [InlineData("cd", true)]
    [InlineData("if", true)]
    [InlineData("/bin/sh", true)]
    [InlineData("/etc/passwd", false)]
    [InlineData("no-such-command-anywhere", false)]
    public void The_shell_knows_programs_its_own_commands_and_its_language(string word, bool known) =>
        CommandPath.IsKnownToShell(word).Should().Be(known);

    [Theory]
    [InlineData("sh", "/nowhere:/bin", true)]
    [InlineData("sh", "/nowhere", false)]
    [InlineData("sh", null, true)]
    [InlineData("/bin/sh", "", true)]
    [InlineData("/bin", "", false)]
    [InlineData("", "/bin", false)]
    public void A_program_is_looked_for_in_the_path(string program, string? path, bool exists) =>
        CommandPath.Exists(program, path).Should().Be(exists);
}
