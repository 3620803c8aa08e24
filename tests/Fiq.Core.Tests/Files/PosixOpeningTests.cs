using Fiq.Files;

namespace Fiq.Tests.Files;

/// <summary>Nothing that somebody planted at one of our names is followed, waited for or believed.</summary>
public sealed class PosixOpeningTests : IDisposable
{
    private const uint Stranger = 65_534;

    private readonly TemporaryFolder _folder = new();

    private IDirectory Directory => _folder.Directory;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_link_at_a_file_name_is_forbidden(bool writable)
    {
        Directory.CreateFile("real").Dispose();
        File.CreateSymbolicLink(_folder.PathOf("link"), "real");
        FileSystemException error = Directory.Invoking(d => d.TryOpenFile("link", writable))
            .Should().Throw<FileSystemException>().Which;
        error.Errno.Should().Be(Errno.TooManyLinks);
        error.ToFiqException().Code.Should().Be(ErrorCode.Forbidden);
    }

    [Fact]
    public void A_file_is_not_created_through_a_dangling_link()
    {
        File.CreateSymbolicLink(_folder.PathOf("link"), "elsewhere");
        Directory.Invoking(d => d.CreateFile("link")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.Exists);
        File.Exists(_folder.PathOf("elsewhere")).Should().BeFalse();
    }

    [Fact]
    public void A_link_at_a_directory_name_is_forbidden()
    {
        Directory.CreateDirectory("real").Dispose();
        File.CreateSymbolicLink(_folder.PathOf("link"), "real");
        Directory.Invoking(d => d.TryOpenDirectory("link")).Should().Throw<FileSystemException>()
            .Which.ToFiqException().Code.Should().Be(ErrorCode.Forbidden);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_pipe_at_a_file_name_is_refused_and_does_not_block(bool writable)
    {
        TestSystem.MakePipe(_folder.PathOf("pipe"), 0b110_000_000).Should().Be(0);
        Directory.Invoking(d => d.TryOpenFile("pipe", writable)).Should().Throw<FileSystemException>()
            .WithMessage("*not a regular file*");
    }

    [Fact]
    public void A_socket_at_a_file_name_is_refused()
    {
        using var socket = new System.Net.Sockets.Socket(
            System.Net.Sockets.AddressFamily.Unix, System.Net.Sockets.SocketType.Stream, 0);
        socket.Bind(new System.Net.Sockets.UnixDomainSocketEndPoint(_folder.PathOf("socket")));
        Directory.Invoking(d => d.TryOpenFile("socket", true)).Should().Throw<FileSystemException>()
            .WithMessage("*not a regular file*");
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void A_directory_at_a_file_name_is_refused(bool writable)
    {
        Directory.CreateDirectory("folder").Dispose();
        Directory.Invoking(d => d.TryOpenFile("folder", writable)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.IsADirectory);
    }

    [Fact]
    public void A_file_at_a_directory_name_is_refused()
    {
        Directory.CreateFile("file").Dispose();
        Directory.Invoking(d => d.TryOpenDirectory("file")).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.NotADirectory);
    }

    [RootFact]
    public void A_file_of_another_user_is_refused_even_to_root()
    {
        Directory.CreateFile("a").Dispose();
        TestSystem.ChangeOwner(_folder.PathOf("a"), Stranger, Stranger).Should().Be(0);
        Directory.Invoking(d => d.TryOpenFile("a", false)).Should().Throw<FileSystemException>()
            .WithMessage("*belongs to user 65534*").Which.ToFiqException().Code.Should().Be(ErrorCode.Forbidden);
    }

    [RootFact]
    public void A_directory_of_another_user_is_refused_even_to_root()
    {
        Directory.CreateDirectory("a").Dispose();
        TestSystem.ChangeOwner(_folder.PathOf("a"), Stranger, Stranger).Should().Be(0);
        Directory.Invoking(d => d.TryOpenDirectory("a")).Should().Throw<FileSystemException>()
            .Which.ToFiqException().Code.Should().Be(ErrorCode.Forbidden);
    }

    [Fact]
    public void An_inner_directory_that_others_may_write_to_is_refused()
    {
        Directory.CreateDirectory("a").Dispose();
        File.SetUnixFileMode(_folder.PathOf("a"), (UnixFileMode)0b111_010_000);
        Directory.Invoking(d => d.TryOpenDirectory("a")).Should().Throw<FileSystemException>()
            .Which.ToFiqException().Code.Should().Be(ErrorCode.Forbidden);
    }

    [Fact]
    public void A_refused_file_leaves_no_descriptor_open()
    {
        TestSystem.MakePipe(_folder.PathOf("pipe"), 0b110_000_000).Should().Be(0);
        for (int i = 0; i < 10; i++)
            Directory.Invoking(d => d.TryOpenFile("pipe", true)).Should().Throw<FileSystemException>();
        OpenDescriptorsOf(_folder.PathOf("pipe")).Should().Be(0);
    }

    [Fact]
    public void A_child_process_inherits_nothing()
    {
        using IFile file = Directory.CreateFile("a");
        using IFile opened = Directory.TryOpenFile("a", true)!;
        using IDirectory inner = Directory.CreateDirectory("b");
        using System.Diagnostics.Process child = TestSystem.Start(
            "sh", "-c", "echo up; ls -l /proc/$$/fd; echo down");
        string said = child.StandardOutput.ReadToEnd();
        child.WaitForExit();
        said.Should().Contain("down").And.NotContain(_folder.Path);
    }

    private static int OpenDescriptorsOf(string path) => System.IO.Directory.GetFiles("/proc/self/fd")
        .Count(link => new FileInfo(link).LinkTarget == path);
}
