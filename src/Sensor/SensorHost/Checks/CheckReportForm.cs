using System.Text.Json;
using Culvert.Checking;

namespace Culvert.SensorHost;

/// <summary>A report as it goes to the cloud: within a message of IoT Hub, so that one of very many routes leaves out what matters least.</summary>
internal static class CheckReportForm
{
    /// <summary>Longest report, in bytes: the health record that carries it and the envelope have room beside it in 250 KiB.</summary>
    public const int MaxBytes = 192 * 1024;

    /// <summary>The report, as much of it as fits: first the traces of what works are left out, then all traces, then the routes.</summary>
    public static JsonElement Of(CheckReport report)
    {
        CheckReport Without(Func<EndpointCheck, bool> trace) => report with
        {
            Routes = [.. report.Routes.Select(r => r with { Endpoints = [.. r.Endpoints.Select(e => trace(e) ? e with { Trace = e.Trace with { Steps = [] } } : e)] })],
        };
        Func<CheckReport>[] forms = [() => report, () => Without(e => e.Succeeded), () => Without(_ => true), () => report with { Routes = [] }];
        foreach (var form in forms)
        {
            var bytes = JsonSerializer.SerializeToUtf8Bytes(form(), CheckJson.OneLine.CheckReport);
            if (bytes.Length <= MaxBytes)
            {
                return Parse(bytes);
            }
        }

        // Findings are bounded by routes and endpoints; what is left is cut from the end, where the mildest stand.
        var findings = report.Findings.ToList();
        while (true)
        {
            findings.RemoveRange(findings.Count / 2, findings.Count - (findings.Count / 2));
            var bytes = JsonSerializer.SerializeToUtf8Bytes(report with { Routes = [], Findings = findings }, CheckJson.OneLine.CheckReport);
            if (bytes.Length <= MaxBytes || findings.Count == 0)
            {
                return Parse(bytes);
            }
        }
    }

    private static JsonElement Parse(byte[] bytes)
    {
        using var document = JsonDocument.Parse(bytes);
        return document.RootElement.Clone();
    }
}
