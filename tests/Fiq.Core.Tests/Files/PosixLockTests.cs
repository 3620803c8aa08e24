using Fiq.Files;

namespace Fiq.Tests.Files;

/// <summary>What everything above relies on: locks belong to the open description, and to nothing else.</summary>
public sealed class PosixLockTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly IFile _first;
    private readonly IFile _second;

    public PosixLockTests()
    {
        _first = _folder.Directory.CreateFile("control");
        _second = Open();
    }

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
        _folder.Dispose();
    }

    [Fact]
    public void An_exclusive_lock_keeps_every_other_description_out()
    {
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        _second.TryLock(3, exclusive: true).Should().BeFalse();
        _second.TryLock(3, exclusive: false).Should().BeFalse();
        _first.Unlock(3);
        _second.TryLock(3, exclusive: true).Should().BeTrue();
    }

    [Fact]
    public void Shared_locks_live_together_and_keep_an_exclusive_one_out()
    {
        _first.TryLock(3, exclusive: false).Should().BeTrue();
        _second.TryLock(3, exclusive: false).Should().BeTrue();
        using IFile third = Open();
        third.TryLock(3, exclusive: true).Should().BeFalse();
    }

    [Fact]
    public void A_failed_upgrade_keeps_the_shared_lock()
    {
        _first.TryLock(3, exclusive: false).Should().BeTrue();
        _second.TryLock(3, exclusive: false).Should().BeTrue();
        _first.TryLock(3, exclusive: true).Should().BeFalse();
        _second.Unlock(3);
        _second.TryLock(3, exclusive: true).Should().BeFalse("the first still shares it");
        _first.TryLock(3, exclusive: true).Should().BeTrue();
    }

    [Fact]
    public void Bytes_are_locked_one_by_one_and_need_not_exist()
    {
        _first.Length.Should().Be(0);
        _first.TryLock(0, exclusive: true).Should().BeTrue();
        _second.TryLock(1, exclusive: true).Should().BeTrue();
        _first.TryLock(1_000_000, exclusive: true).Should().BeTrue();
        _first.TryLock(1, exclusive: true).Should().BeFalse();
        _second.TryLock(999_999, exclusive: true).Should().BeTrue();
    }

    [Fact]
    public void Closing_another_descriptor_of_the_file_frees_nothing()
    {
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        Open().Dispose();
        _second.TryLock(3, exclusive: true).Should().BeFalse();
    }

    [Fact]
    public void Disposing_frees_every_lock()
    {
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        _first.TryLock(4, exclusive: false).Should().BeTrue();
        _first.Dispose();
        _second.TryLock(3, exclusive: true).Should().BeTrue();
        _second.TryLock(4, exclusive: true).Should().BeTrue();
    }

    [Fact]
    public void Disposing_frees_every_lock_while_a_mapping_lives_on()
    {
        _first.Write(new byte[4096], 0);
        using ISharedMemory page = _first.Map(4096, writable: true);
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        _first.Dispose();
        _second.TryLock(3, exclusive: true).Should().BeTrue();
        page.Store64(0, 1);
    }

    [Fact]
    public void Probing_sees_the_locks_of_others_and_takes_nothing()
    {
        _first.IsLockedByOther(3).Should().BeFalse();
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        _first.IsLockedByOther(3).Should().BeFalse("its own lock is not another's");
        _second.IsLockedByOther(3).Should().BeTrue();
        _first.Unlock(3);
        _second.IsLockedByOther(3).Should().BeFalse();
        _first.TryLock(3, exclusive: false).Should().BeTrue();
        _second.IsLockedByOther(3).Should().BeTrue("a shared lock counts too");
        _second.TryLock(3, exclusive: false).Should().BeTrue("the probe took nothing");
    }

    [Fact]
    public void Freeing_what_is_not_held_is_nothing()
    {
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        _second.Unlock(3);
        _second.TryLock(3, exclusive: true).Should().BeFalse();
    }

    [Fact]
    public void A_child_process_does_not_keep_a_lock_alive()
    {
        _first.TryLock(3, exclusive: true).Should().BeTrue();
        using System.Diagnostics.Process child = TestSystem.Start("sleep", "1000");
        try
        {
            _first.Dispose();
            _second.TryLock(3, exclusive: true).Should().BeTrue();
        }
        finally
        {
            child.Kill();
            child.WaitForExit();
        }
    }

    [Fact]
    public void A_file_opened_for_reading_can_be_locked_shared_only()
    {
        using IFile reading = _folder.Directory.TryOpenFile("control", writable: false)!;
        reading.TryLock(3, exclusive: false).Should().BeTrue();
        reading.Invoking(f => f.TryLock(3, exclusive: true)).Should().Throw<FileSystemException>()
            .Which.Errno.Should().Be(Errno.BadDescriptor);
    }

    private IFile Open() => _folder.Directory.TryOpenFile("control", writable: true)!;
}
