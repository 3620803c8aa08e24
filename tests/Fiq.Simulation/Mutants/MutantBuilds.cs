using System.Diagnostics;
using System.Reflection;
using System.Runtime.Loader;
using System.Text;

namespace Fiq.Simulation.Mutants;

/// <summary>
/// Builds the library once for each mutant, all in one go, and runs the simulation on such a build: the assemblies of
/// library and simulation are loaded once more, beside those of the test.
/// </summary>
public sealed class MutantBuilds : IDisposable
{
    private const string Library = "Fiq.Core";

    private readonly string _folder = Directory.CreateTempSubdirectory("fiq-mutants-").FullName;

    public MutantBuilds()
    {
        var projects = new StringBuilder();
        foreach (Mutant mutant in KnownMutants.All.Append(KnownMutants.None))
        {
            string project = Path.Combine(Directory.CreateDirectory(FolderOf(mutant)).FullName, $"{Library}.csproj");
            File.WriteAllText(project, ProjectOf(mutant));
            string source = File.ReadAllText(Path.Combine(Sources, mutant.File));
            File.WriteAllText(Path.Combine(FolderOf(mutant), Path.GetFileName(mutant.File)), mutant.Apply(source));
            projects.AppendLine(null, $"<All Include=\"{project}\" />");
        }

        string all = Path.Combine(_folder, "all.proj");
        File.WriteAllText(all, $"""
            <Project>
              <ItemGroup>{projects}</ItemGroup>
              <Target Name="Restore"><MSBuild Projects="@(All)" Targets="Restore" /></Target>
              <Target Name="Build"><MSBuild Projects="@(All)" Targets="Build" BuildInParallel="true" /></Target>
            </Project>
            """);
        Run("msbuild", all, "-t:Restore", "-v:quiet", "-nologo");
        Run("msbuild", all, "-t:Build", "-v:quiet", "-nologo", "-m:2", "-nodeReuse:false");
    }

    /// <summary>The folder of the sources.</summary>
    public static string Root { get; } = FindRoot();

    private static string Sources => Path.Combine(Root, "src", Library);

    /// <summary>The first law that is seen broken in a build with that bug; null when none is.</summary>
    internal string? FirstViolation(Mutant mutant, int seeds)
    {
        var context = new AssemblyLoadContext(mutant.Name, isCollectible: true);
        try
        {
            context.LoadFromAssemblyPath(Path.Combine(FolderOf(mutant), "bin", $"{Library}.dll"));
            Assembly simulation = context.LoadFromAssemblyPath(typeof(MutantBuilds).Assembly.Location);
            Type campaign = simulation.GetType("Fiq.Simulation.Laws.Campaign", throwOnError: true)!;
            object run = Activator.CreateInstance(campaign, (Action<string>)(_ => { }))!;
            return (string?)campaign.GetMethod("FirstViolation")!.Invoke(run, [mutant.Scenarios, seeds]);
        }
        finally
        {
            context.Unload();
        }
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private string FolderOf(Mutant mutant) => Path.Combine(_folder, mutant.Name.Replace(' ', '-'));

    private static string ProjectOf(Mutant mutant) => $"""
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
            <EnableDefaultCompileItems>false</EnableDefaultCompileItems>
            <OutputPath>bin/</OutputPath>
            <AppendTargetFrameworkToOutputPath>false</AppendTargetFrameworkToOutputPath>
            <Optimize>true</Optimize>
          </PropertyGroup>
          <ItemGroup>
            <Compile Include="{Sources}/**/*.cs" Exclude="{Sources}/bin/**;{Sources}/obj/**;{Sources}/{mutant.File}" />
            <Compile Include="{Path.GetFileName(mutant.File)}" />
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
