namespace Culvert.EndToEnd.Tests.Harness;

/// <summary>libfaketime: another clock for one process (Debian package libfaketime).</summary>
internal static class FakeTime
{
    private static readonly string? Library = ((string[])
    [
        "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/aarch64-linux-gnu/faketime/libfaketime.so.1", "/usr/lib/faketime/libfaketime.so.1",
    ]).FirstOrDefault(File.Exists);

    public static bool IsPresent => Library is not null;

    public static void Require() => Assert.SkipWhen(Library is null, "libfaketime is not installed (Debian: libfaketime).");

    public static IReadOnlyDictionary<string, string> Environment(string shift) => new Dictionary<string, string>
    {
        ["LD_PRELOAD"] = Library!,
        ["FAKETIME"] = shift,
        // Waiting is measured on the monotonic clock, which stays true.
        ["FAKETIME_DONT_FAKE_MONOTONIC"] = "1",
    };
}
