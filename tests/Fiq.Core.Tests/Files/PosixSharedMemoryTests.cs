using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class PosixSharedMemoryTests : IDisposable
{
    private const int PageSize = 4096;

    private readonly TemporaryFolder _folder = new();
    private readonly IFile _file;

    public PosixSharedMemoryTests()
    {
        _file = _folder.Directory.CreateFile("page");
        _file.Write(new byte[PageSize], 0);
    }

    public void Dispose()
    {
        _file.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void A_store_is_seen_by_another_mapping_and_by_a_read()
    {
        using ISharedMemory one = _file.Map(PageSize, writable: true);
        using IFile again = _folder.Directory.TryOpenFile("page", writable: false)!;
        using ISharedMemory two = again.Map(PageSize, writable: false);
        one.Store64(8, 0x1122334455667788);
        one.Store32(4, 7);
        two.Load64(8).Should().Be(0x1122334455667788);
        two.Load32(4).Should().Be(7);
        byte[] bytes = new byte[8];
        _file.Read(bytes, 8);
        BitConverter.ToUInt64(bytes).Should().Be(0x1122334455667788);
        _file.Write(new byte[] { 9 }, 4);
        two.Load32(4).Should().Be(9);
    }

    [Fact]
    public void Changes_in_one_step_answer_what_they_should()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Exchange32(0, 5).Should().Be(0);
        page.Exchange32(0, 6).Should().Be(5);
        page.Add32(0, 2).Should().Be(8);
        page.Or64(8, 0b0011).Should().Be(0);
        page.Or64(8, 0b0110).Should().Be(0b0011);
        page.And64(8, 0b0101).Should().Be(0b0111);
        page.Load64(8).Should().Be(0b0101);
        page.Fence();
    }

    [Fact]
    public void Bytes_are_copied_in_and_out()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Length.Should().Be(PageSize);
        page.Write(PageSize - 5, "hello"u8);
        byte[] bytes = new byte[5];
        page.Read(PageSize - 5, bytes);
        bytes.AsSpan().SequenceEqual("hello"u8).Should().BeTrue();
    }

    [Theory]
    [InlineData(-8)]
    [InlineData(PageSize)]
    [InlineData(int.MaxValue - 7)]
    [InlineData(int.MinValue)]
    public void Nothing_outside_is_touched(int at)
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Invoking(p => p.Load64(at)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Store64(at, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Load32(at)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Exchange32(at, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Add32(at, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Or64(at, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.And64(at, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.WakeAll(at)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Wait(at, 0, TimeSpan.Zero)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Read(at, new byte[8])).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Write(at, new byte[8])).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_word_across_the_end_or_out_of_line_is_refused()
    {
        using ISharedMemory page = _file.Map(PageSize - 4, writable: true);
        page.Invoking(p => p.Load64(PageSize - 8)).Should().Throw<ArgumentOutOfRangeException>();
        page.Invoking(p => p.Store64(4, 1)).Should().Throw<ArgumentException>();
        page.Invoking(p => p.Add32(2, 1)).Should().Throw<ArgumentException>();
    }

    [Fact]
    public void A_mapping_for_reading_refuses_stores()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: false);
        page.Invoking(p => p.Store64(0, 1)).Should().Throw<InvalidOperationException>();
        page.Invoking(p => p.Add32(0, 1)).Should().Throw<InvalidOperationException>();
        page.Invoking(p => p.Write(0, "x"u8)).Should().Throw<InvalidOperationException>();
        page.Load64(0).Should().Be(0);
    }

    [Fact]
    public void A_mapping_outlives_its_file_object()
    {
        ISharedMemory page = _file.Map(PageSize, writable: true);
        _file.Dispose();
        page.Store64(0, 3);
        page.Load64(0).Should().Be(3);
    }

    [Fact]
    public void A_disposed_mapping_refuses_every_call()
    {
        ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Dispose();
        page.Dispose();
        page.Invoking(p => p.Load64(0)).Should().Throw<ObjectDisposedException>();
        page.Invoking(p => p.Store32(0, 1)).Should().Throw<ObjectDisposedException>();
        page.Invoking(p => p.WakeAll(0)).Should().Throw<ObjectDisposedException>();
    }

    [Fact]
    public void A_mapping_that_nobody_uses_any_more_is_given_back()
    {
        string path = _folder.PathOf("page");
        MapAndForget();
        TestSystem.WaitUntil(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            return !File.ReadAllText("/proc/self/maps").Contains(path, StringComparison.Ordinal);
        });

        [System.Runtime.CompilerServices.MethodImpl(System.Runtime.CompilerServices.MethodImplOptions.NoInlining)]
        void MapAndForget()
        {
            using ISharedMemory page = _file.Map(PageSize, writable: true);
            File.ReadAllText("/proc/self/maps").Should().Contain(path);
        }
    }

    [Fact]
    public void More_than_the_file_has_is_not_mapped()
    {
        _file.Invoking(f => f.Map(PageSize + 1, writable: false)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.InvalidArgument);
        _file.Invoking(f => f.Map(0, writable: false)).Should().Throw<ArgumentOutOfRangeException>();
    }

    [Fact]
    public void A_file_with_holes_is_mapped_for_reading_only()
    {
        using IFile sparse = _folder.Directory.CreateFile("sparse");
        sparse.SetLength(16 * PageSize);
        sparse.Write(new byte[PageSize], 0);
        sparse.Invoking(f => f.Map(16 * PageSize, writable: true)).Should().Throw<FileSystemException>()
            .WithMessage("*holes*");
        sparse.Map(16 * PageSize, writable: false).Dispose();
        sparse.Map(PageSize, writable: true).Dispose();
    }

    [Fact]
    public void A_sleeper_does_not_sleep_when_the_word_has_changed()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Store32(0, 2);
        page.Wait(0, 1, Timeout.InfiniteTimeSpan);
        page.Wait(0, 1, TimeSpan.FromHours(1));
    }

    [Fact]
    public void A_sleeper_gives_up_when_its_time_is_over()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        page.Wait(0, 0, TimeSpan.FromMilliseconds(2));
        page.Wait(0, 0, TimeSpan.Zero);
    }

    [Fact]
    public void All_sleepers_are_woken_through_any_mapping()
    {
        using ISharedMemory sleeping = _file.Map(PageSize, writable: true);
        using IFile again = _folder.Directory.TryOpenFile("page", writable: true)!;
        using ISharedMemory waking = again.Map(PageSize, writable: true);
        Thread[] sleepers = [.. Enumerable.Range(0, 4).Select(_ => new Thread(() =>
        {
            sleeping.Add32(8, 1);
            while (sleeping.Load32(0) == 0) sleeping.Wait(0, 0, TimeSpan.FromHours(1));
        }))];
        foreach (Thread sleeper in sleepers) sleeper.Start();
        TestSystem.WaitUntil(() => waking.Load32(8) == 4);
        waking.Store32(0, 1);
        waking.WakeAll(0);
        foreach (Thread sleeper in sleepers) sleeper.Join();
    }

    [Fact]
    public void Additions_of_many_threads_are_all_counted()
    {
        using ISharedMemory page = _file.Map(PageSize, writable: true);
        Parallel.For(0, 10_000, _ => page.Add32(16, 1));
        page.Load32(16).Should().Be(10_000);
    }
}
