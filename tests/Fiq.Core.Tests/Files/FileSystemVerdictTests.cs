using Fiq.Files;

namespace Fiq.Tests.Files;

public sealed class FileSystemVerdictTests
{
    [Theory]
    [InlineData(0xEF53, "ext4")]
    [InlineData(0x58465342, "xfs")]
    [InlineData(0x9123683E, "btrfs")]
    [InlineData(0x2FC12FC1, "zfs")]
    public void Local_disks_are_good(uint type, string name)
    {
        FileSystemVerdict verdict = FileSystemVerdict.Of(type);
        verdict.Trust.Should().Be(FileSystemTrust.Good);
        verdict.Name.Should().Be(name);
    }

    [Theory]
    [InlineData(0x01021994, "tmpfs")]
    [InlineData(0x794C7630, "overlay")]
    [InlineData(0x12345678, "file system type 12345678")]
    public void What_forgets_or_is_not_known_is_a_warning(uint type, string name)
    {
        FileSystemVerdict verdict = FileSystemVerdict.Of(type);
        verdict.Trust.Should().Be(FileSystemTrust.Warned);
        verdict.Name.Should().Be(name);
        verdict.Reason.Should().NotBeEmpty();
    }

    [Theory]
    [InlineData(0x6969, "nfs")]
    [InlineData(0xFF534D42, "cifs/smb")]
    [InlineData(0x517B, "cifs/smb")]
    [InlineData(0xFE534D42, "cifs/smb")]
    [InlineData(0x65735546, "fuse")]
    [InlineData(0x01021997, "9p")]
    public void Where_locks_do_not_hold_it_is_refused(uint type, string name)
    {
        FileSystemVerdict verdict = FileSystemVerdict.Of(type);
        verdict.Trust.Should().Be(FileSystemTrust.Refused);
        verdict.Name.Should().Be(name);
        verdict.Reason.Should().NotBeEmpty();
    }
}
