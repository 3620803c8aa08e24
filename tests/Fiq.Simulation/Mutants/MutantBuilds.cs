using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace Fiq.Simulation.Mutants;

/// <summary>
/// Builds the library once for each mutant and runs the simulation on every such build, on all processors at once: the
/// assemblies of library and simulation are loaded once more for each, beside those of the test.
/// </summary>
public sealed class MutantBuilds : IDisposable
{
    // Every one shows with the first seeds; more are there so that an innocent change of the source does not hide it.
    private const int SeedsMax = 12;
    private const string Library = "Fiq.Core";

    private readonly string _folder = Directory.CreateTempSubdirectory("fiq-mutants-").FullName;
    private readonly Dictionary<Mutant, Task<string?>> _hunts;

    public MutantBuilds()
    {
        Mutant[] all = [.. KnownMutants.All, KnownMutants.None];
        Build(all);
        var processors = new ConcurrentExclusiveSchedulerPair(TaskScheduler.Default, Environment.ProcessorCount);
        _hunts = all.ToDictionary(mutant => mutant, mutant => Task.Factory.StartNew(
            () => Hunt(mutant), CancellationToken.None, TaskCreationOptions.None, processors.ConcurrentScheduler));
    }

    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = FindRoot();

    private static string Sources => Path.Combine(Root, "src", Library);

    /// <summary>The first law that is seen broken in a build with that bug; null when none is.</summary>
    internal Task<string?> FirstViolationAsync(Mutant mutant) => _hunts[mutant];

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    /// <summary>One project, restored once, and built with another source replaced each time.</summary>
    private void Build(IEnumerable<Mutant> mutants)
    {
        string project = Path.Combine(_folder, $"{Library}.csproj");
        File.WriteAllText(project, Project);
        var builds = new StringBuilder();
        foreach (Mutant mutant in mutants)
        {
            string folder = Directory.CreateDirectory(FolderOf(mutant)).FullName;
            string source = File.ReadAllText(Path.Combine(Sources, mutant.File));
            File.WriteAllText(Path.Combine(folder, Path.GetFileName(mutant.File)), mutant.Apply(source));
            string properties = $"Mutant={folder};Replaced={mutant.File};With={Path.GetFileName(mutant.File)}";
            builds.AppendLine(null, $"<One Include=\"{project}\" AdditionalProperties=\"{properties}\" />");
        }

        string all = Path.Combine(_folder, "all.proj");
        File.WriteAllText(all, $"""
            <Project>
              <ItemGroup>{builds}</ItemGroup>
              <Target Name="Build"><MSBuild Projects="@(One)" Targets="Build" BuildInParallel="true" /></Target>
            </Project>
            """);
        Run("restore", project, "-v:quiet");
        Run("msbuild", all, "-t:Build", "-v:quiet", "-nologo", "-m:2", "-nodeReuse:false");
    }

    private string? Hunt(Mutant mutant)
    {
        // Never unloaded: the run-time may have compiled calls into it into code of its own, and crash in them.
        var context = new AssemblyLoadContext(mutant.Name);
        context.LoadFromAssemblyPath(Path.Combine(FolderOf(mutant), "bin", $"{Library}.dll"));
        Assembly simulation = context.LoadFromAssemblyPath(typeof(MutantBuilds).Assembly.Location);
        Type campaign = simulation.GetType("Fiq.Simulation.Laws.Campaign", throwOnError: true)!;
        object run = Activator.CreateInstance(campaign, (Action<string>)(_ => { }))!;
        int seeds = mutant == KnownMutants.None ? 1 : SeedsMax;
        return (string?)campaign.GetMethod("FirstViolation")!.Invoke(run, [mutant.Scenarios, seeds]);
    }

    private string FolderOf(Mutant mutant) => Path.Combine(_folder, mutant.Name.Replace(' ', '-'));

    private static string Project => $"""
        <Project Sdk="Microsoft.NET.Sdk">
          <PropertyGroup>
            <TargetFramework>net10.0</TargetFramework>
            <RootNamespace>Fiq</RootNamespace>
            <Version>{typeof(FiqException).Assembly.GetName().Version}</Version>
            <LangVersion>latest</LangVersion>
            <Nullable>enable</Nullable>
            <ImplicitUsings>enable</ImplicitUsings>
            <AllowUnsafeBlocks>true</AllowUnsafeBlocks>
            <RunAnalyzers>false</RunAnalyzers>
            <Optimize>true</Optimize>
            <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
            <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
            <OutputPath>$(Mutant)/bin/</OutputPath>
            <IntermediateOutputPath>$(Mutant)/obj/</IntermediateOutputPath>
          </PropertyGroup>
          <ItemGroup>
            <Compile Include="{Sources}/**/*.cs" Exclude="{Sources}/bin/**;{Sources}/obj/**;{Sources}/$(Replaced)" />
            <Compile Include="$(Mutant)/$(With)" />
            <InternalsVisibleTo Include="Fiq.Simulation" />
          </ItemGroup>
        </Project>
        """;

    private static void Run(params string[] arguments)
    {
        var start = new ProcessStartInfo("dotnet", arguments) { RedirectStandardOutput = true };
        using Process process = Process.Start(start)!;
        string output = process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        if (process.ExitCode != 0) throw new InvalidOperationException($"the mutants could not be built:\n{output}");
    }

    private static string FindRoot()
    {
        DirectoryInfo? folder = new(AppContext.BaseDirectory);
        while (folder is not null && !File.Exists(Path.Combine(folder.FullName, "Fiq.sln"))) folder = folder.Parent;
        return folder?.FullName ?? throw new InvalidOperationException("Fiq.sln is not above the tests' folder");
    }
}
