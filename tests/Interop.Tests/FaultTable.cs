using System.Text;

namespace Culvert.Interop.Tests;

/// <summary>
/// Builds every fault for real and compares the cause, hop and stage that the trace names. The page docs/operations/fault-table.md is what the rows say:
/// written when CULVERT_WRITE_DOCS is set, compared otherwise.
/// </summary>
public sealed class FaultTable : IDisposable
{
    private readonly TestCa _ca = new("Plant CA");
    private readonly TestCa _foreign = new("Foreign CA");

    public static TheoryData<string> Built
    {
        get
        {
            using var any = new TestCa();
            return [.. Faults(any, any).Select(f => f.Name)];
        }
    }

    public void Dispose()
    {
        _ca.Dispose();
        _foreign.Dispose();
    }

    [Theory(Timeout = 60_000)]
    [MemberData(nameof(Built))]
    public async Task Is_named(string fault) => await CheckAsync(Faults(_ca, _foreign).Single(f => f.Name == fault));

    [Fact]
    public void The_page_has_these_rows()
    {
        var page = new StringBuilder("""
            # Faults and the causes that the trace names

            Each row is a fault that a test builds for real: misbehaving servers, wrong certificates, real Squid, tinyproxy, OpenSSL and culvert-proxy, packet filters
            in a network namespace. Most faults of answers and of TLS are built in every place of a chain of three as well, over http and https hops and IPv6, and the endpoint's behind hops of every scheme. What shows only in an open tunnel is named by `culvert check`. The test fails when the trace names another hop, stage or cause. What a cause means and what to do: [causes.md](causes.md).

            | fault | where | stage | cause |
            |---|---|---|---|

            """);
        foreach (var fault in Faults(_ca, _foreign).Concat(NamespaceFaults.All))
        {
            page.AppendLine(fault.Row);
        }

        var file = Path.Combine(Root(), "docs", "operations", "fault-table.md");
        if (Environment.GetEnvironmentVariable("CULVERT_WRITE_DOCS") is { Length: > 0 })
        {
            File.WriteAllText(file, page.ToString());
        }

        Assert.Equal(page.ToString(), File.ReadAllText(file));
    }

    internal static async Task CheckAsync(Fault fault)
    {
        var result = await fault.MakeAsync();
        var failure = result.Trace.Failure;
        if (result.Stream is { } stream)
        {
            await stream.DisposeAsync();
        }

        Assert.True(failure is not null, $"{fault.Name}: the tunnel opened");
        var hop = failure.HopIndex == result.Trace.Hops.Count ? -1 : failure.HopIndex;
        Assert.True(
            fault.Cause == failure.Cause && (fault.Stage is null || (fault.Stage, fault.Hop) == (failure.Stage, hop)),
            $"{fault.Name}: {failure.Target} {failure.Stage} {failure.Cause}: {failure.Evidence}");
        Assert.True(fault.Target is null || fault.Target == failure.Target, $"{fault.Name}: {failure}");
        Assert.Contains(fault.Evidence, failure.Evidence ?? "");
    }

    private static IEnumerable<Fault> Faults(TestCa ca, TestCa foreign) => [.. HopFaults.All, .. new TlsFaultsBuilt(ca, foreign).All, .. ServiceFaults.All, .. RealFaults.All];

    private static string Root()
    {
        var folder = new DirectoryInfo(AppContext.BaseDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "Culvert.slnx")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }
}
