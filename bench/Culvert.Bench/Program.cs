using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Running;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Culvert.Bench;

// "throughput FILE [SECONDS]" measures the analysis over a capture; anything else goes to BenchmarkDotNet.
if (args is ["throughput", var file, ..])
{
    return AnalysisThroughput.Run(file, args.Length > 2 ? double.Parse(args[2], System.Globalization.CultureInfo.InvariantCulture) : 5);
}

var job = Job.Default.WithToolchain(InProcessEmitToolchain.Instance).WithWarmupCount(3).WithIterationCount(8);
BenchmarkSwitcher.FromAssembly(typeof(AnalysisBenchmarks).Assembly).Run(args, DefaultConfig.Instance.AddJob(job).WithArtifactsPath("BenchmarkDotNet.Artifacts"));
return 0;
