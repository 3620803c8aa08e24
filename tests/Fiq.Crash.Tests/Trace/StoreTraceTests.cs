using Fiq.Crash.Tests.Trace.Strace;

namespace Fiq.Crash.Tests.Trace;

public sealed class StoreTraceTests
{
    private long _now;

    [Fact]
    public void A_file_is_followed_through_its_descriptors_and_names()
    {
        var calls = StoreTrace.Of("/r", [
            Call("openat", 3, "AT_FDCWD", "\"/r\"", "O_RDONLY"),
            Call("mkdirat", 0, "3", "\"s\"", "0700"),
            Call("openat", 4, "AT_FDCWD", "\"/r/s\"", "O_RDONLY"),
            Call("openat", 5, "4", "\"a.tmp\"", "O_RDWR|O_CREAT|O_EXCL", "0600"),
            Call("pwrite64", 2, "5", "\"abc\"", "3", "8"),
            Call("renameat2", 0, "4", "\"a.tmp\"", "4", "\"a\"", "0"),
            Call("close", 0, "5"),
            Call("pwrite64", 3, "5", "\"not\"", "3", "0"),
            Call("openat", 5, "4", "\"a\"", "O_RDWR"),
            Call("fdatasync", -1, "5"),
            Call("unlinkat", 0, "4", "\"a\"", "0"),
        ]);
        calls.Should().HaveCount(6);
        calls.OfType<Written>().Single().Bytes.ToArray().Should().Equal("ab"u8.ToArray());
        calls.OfType<Synced>().Single().Should().Match<Synced>(sync => sync.Inode == 2 && sync.HasFailed);
        calls.OfType<Renamed>().Single().To.Should().Be("a");
        calls.OfType<Unlinked>().Single().Directory.Should().Be(1);
    }

    [Fact]
    public void A_call_on_the_store_that_is_not_understood_is_an_error()
    {
        var trace = () => StoreTrace.Of("/r", [
            Call("openat", 3, "AT_FDCWD", "\"/r\"", "O_RDONLY"),
            Call("openat", 4, "3", "\"a\"", "O_RDWR|O_CREAT|O_EXCL", "0600"),
            Call("pwritev", 3, "4", "[]", "1", "0"),
        ]);
        trace.Should().Throw<NotSupportedException>();
        trace = () => StoreTrace.Of("/r", [Call("rename", 0, "\"/r/a\"", "\"/r/b\"")]);
        trace.Should().Throw<NotSupportedException>();
    }

    [Fact]
    public void What_concerns_other_files_is_passed_over()
    {
        StoreTrace.Of("/r", [
            Call("openat", 3, "AT_FDCWD", "\"/other\"", "O_RDWR|O_CREAT|O_TRUNC", "0600"),
            Call("write", 1, "3", "\"x\"", "1"),
            Call("fsync", 0, "3"),
        ]).Should().BeEmpty();
    }

    private TracedCall Call(string name, long result, params string[] arguments)
    {
        _now += 10;
        return new TracedCall(0, name, arguments, result, new Interval(_now, _now + 5));
    }
}
