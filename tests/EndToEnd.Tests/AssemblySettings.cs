// Each test starts several programs; one test at a time keeps their deadlines true on two cores.
[assembly: Xunit.v3.Parallelization(Mode = Xunit.Sdk.ParallelMode.None)]
// They read /proc and start Linux programs.
[assembly: System.Runtime.Versioning.SupportedOSPlatform("linux")]
