using Fiq.Storage;
using Fiq.Tests.Doubles.Memory;

namespace Fiq.Tests.Bytes;

/// <summary>Messages that hold segments and batches of this very queue are bytes like any others.</summary>
public sealed class EmbeddedImageTests
{
    private const int Stride = 5;

    [Fact]
    public async Task Behind_any_damage_no_batch_inside_a_message_is_ever_taken_for_one()
    {
        SampleQueue sample = await SampleQueue.MakeOfItselfAsync();
        var law = new HonestDamage(sample);
        foreach ((string file, List<long> batches) in sample.Batches)
        {
            foreach (long batch in batches)
            {
                for (int at = 0; at < BatchHeader.Size; at += Stride)
                {
                    MemoryDisk disk = sample.Disk.Copy();
                    disk.BytesOf(file).Write([(byte)(sample.Disk.Read(file)[batch + at] ^ 0x10)], batch + at);
                    law.HoldsForTheLog(disk, new Damage(file, batch + at, batch + at + 1, "a flipped bit"));
                }
            }
        }

        // The index of the first segment, which is sealed, leads past its checkpoint: no reader needs what that says.
        int passedOver = (BatchHeader.Size + Stride - 1) / Stride;
        law.Named.Should().Be(law.Cases - passedOver);
    }

    [Fact]
    public async Task They_come_out_as_they_were_put_in_also_after_a_crash_without_a_page()
    {
        SampleQueue sample = await SampleQueue.MakeOfItselfAsync();
        var law = new HonestDamage(sample);
        MemoryDisk disk = sample.Disk.Copy();
        string control = $"{SampleQueue.Folder}/{ControlFile.Name}";
        disk.Put(control, new byte[ControlLayout.Size]);
        await law.HoldsForAllAsync(disk, new Damage(control, 0, 1, "lost", Excused.LookBehind));
        law.Named.Should().Be(0);
    }
}
