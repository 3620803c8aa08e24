using System.Diagnostics;
using System.IO.MemoryMappedFiles;
using System.Runtime.InteropServices;

namespace Fiq.Tests.House.Compiled.Sample.Banned
{
    /// <summary>Uses everything that is banned, once. Never run.</summary>
    internal static partial class Everything
    {
        public static void Sync(FileStream stream)
        {
            RandomAccess.FlushToDisk(stream.SafeFileHandle);
            stream.Flush(flushToDisk: true);
        }

        public static IEnumerable<IDisposable> Exclude()
        {
            yield return new Mutex(false, "name");
            yield return new Mutex(false, "name", out _);
            yield return new Semaphore(1, 1);
            yield return new EventWaitHandle(false, EventResetMode.AutoReset, "name");
        }

        public static IEnumerable<object> Times()
        {
            yield return DateTime.Now;
            yield return DateTime.UtcNow;
            yield return DateTimeOffset.Now;
            yield return DateTimeOffset.UtcNow;
            yield return Stopwatch.GetTimestamp();
            yield return Environment.TickCount;
            yield return Environment.TickCount64;
            Thread.Sleep(1);
        }

        public static IEnumerable<object> Doors(string path)
        {
            yield return File.Exists(path);
            yield return Directory.Exists(path);
            yield return new FileInfo(path);
            yield return new DirectoryInfo(path);
            yield return MemoryMappedFile.CreateFromFile(path);
            Console.WriteLine(path);
        }

        [LibraryImport("libc", EntryPoint = "getpid")]
        private static partial int GetPid();

        [DllImport("libc", EntryPoint = "getppid")]
        private static extern int GetParentPid();
    }
}

namespace Fiq.Tests.House.Compiled.Sample.Harmless
{
    internal static class Something
    {
        public static Mutex Unnamed() => new(false);
    }
}
