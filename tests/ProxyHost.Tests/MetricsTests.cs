using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Culvert.ProxyHost.Tests.Harness;

namespace Culvert.ProxyHost.Tests;

/// <summary>What collectors, autoscalers and people's tools read is read here by their own parsers.</summary>
public sealed class MetricsTests
{
    private const string Parser = "import sys; from prometheus_client.openmetrics.parser import text_string_to_metric_families as read\n"
        + "for f in read(sys.stdin.read()):\n  print(f.type, f.name, f.unit, len(f.samples), bool(f.documentation))";

    [Fact(Timeout = 180_000)]
    public async Task Prometheus_own_parser_reads_the_metrics()
    {
        const string python = "/usr/bin/python3";
        Assert.SkipUnless(File.Exists(python) && (await RunAsync(python, "", "-c", "import prometheus_client")).Status == 0, "python3-prometheus-client is not on this machine");
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        await using var proxy = await StartAsync(folder, echo.Port, "parents: [{ name: \"gone-parent\", host: 127.0.0.1, port: 1 }]");
        await proxy.HeadAsync($"127.0.0.1:{echo.Port}");
        await proxy.HeadAsync("portal.example.com:443");
        var answer = await proxy.GetAsync("/metrics");

        var (status, output, error) = await RunAsync(python, answer[4..], "-c", Parser);
        Assert.True(status == 0, error);
        var families = output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        Assert.Contains("gauge culvert_proxy_tunnels_open  1 True", families);
        Assert.Contains("counter culvert_proxy_relayed_bytes bytes 2 True", families);
        Assert.Contains("gauge culvert_proxy_parent_up  1 True", families);
        Assert.All(families, f => Assert.EndsWith("True", f, StringComparison.Ordinal));
        Assert.Contains("culvert_proxy_refused_total{status=\"403\"} 1\n", answer, StringComparison.Ordinal);
    }

    [Fact(Timeout = 180_000)]
    public async Task Azure_monitor_gets_its_custom_metrics_one_by_one()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        await using var proxy = await StartAsync(folder, echo.Port);
        var (_, tunnel) = await proxy.AskAsync($"127.0.0.1:{echo.Port}");
        await proxy.UntilAsync(() => proxy.GetAsync("/metrics").GetAwaiter().GetResult().Contains("culvert_proxy_tunnels_open 1\n", StringComparison.Ordinal), "the tunnel is counted");
        var answer = await proxy.GetAsync("/autoscale/azure");

        // learn.microsoft.com, "Send custom metrics to the Azure Monitor metric store by using the REST API".
        using var document = JsonDocument.Parse(answer[4..]);
        var metrics = document.RootElement.EnumerateArray().ToDictionary(m => m.GetProperty("data").GetProperty("baseData").GetProperty("metric").GetString()!);
        Assert.Equal(["Bytes Per Second", "Processors Used", "Tunnels", "Tunnels Used Percent"], metrics.Keys.Order(StringComparer.Ordinal));
        Assert.All(metrics.Values, m =>
        {
            Assert.True(DateTime.TryParse(m.GetProperty("time").GetString(), CultureInfo.InvariantCulture, out _));
            Assert.Equal("Culvert Proxy", m.GetProperty("data").GetProperty("baseData").GetProperty("namespace").GetString());
        });
        var series = metrics["Tunnels Used Percent"].GetProperty("data").GetProperty("baseData").GetProperty("series")[0];
        Assert.Equal((10.0, 10.0, 10.0, 1), (series.GetProperty("min").GetDouble(), series.GetProperty("max").GetDouble(), series.GetProperty("sum").GetDouble(), series.GetProperty("count").GetInt32()));
        await tunnel.DisposeAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Hostile_names_and_fields_cannot_write_lines_of_their_own_into_the_log()
    {
        using var folder = new TestFolder();
        using var echo = new EchoServer();
        await using var proxy = await StartAsync(folder, echo.Port);
        const string forged = "{\"time\":\"x\",\"level\":\"info\",\"event\":\"Tunnel\",\"identity\":\"forged\"}";
        string[] hostile =
        [
            $"evil.example.com\n{forged}\n:443", $"evil.example.com\r{forged}:443", "evil.example.com\u0085forged:443", "evil.example.com\u001b[2J:443", "evil\"}forged.example.com:443",
            "\u00e2\u0080\u00a8forged:443", $"{new string('a', 250)}.forged.example.com:443", "%0aforged:443", "forged.example.com:443",
        ];
        foreach (var target in hostile)
        {
            Assert.Matches("^HTTP/1.1 4", await proxy.HeadAsync(target, $"Via: 1.1 {target.Replace('\n', ' ').Replace('\r', ' ')}\r\nX-Forged: {forged}\r\n"));
        }

        await proxy.UntilAsync(() => proxy.Events("Refused").Count >= hostile.Length, "all are logged");
        Assert.All(proxy.Log, l =>
        {
            using var line = JsonDocument.Parse(l);
            Assert.NotEqual("Tunnel", line.RootElement.GetProperty("event").GetString());
            Assert.DoesNotContain(l, c => char.IsControl(c));
        });
        // What is well-formed and not allowed is named, in a field of its own; nothing else of what came is.
        Assert.Equal("forged.example.com:443", Assert.Single(proxy.Events("Refused"), e => e.TryGetProperty("destination", out _)).GetProperty("destination").GetString());
        Assert.Single(proxy.Log, l => l.Contains("forged", StringComparison.Ordinal));
    }

    private static Task<ProxyProcess> StartAsync(TestFolder folder, int port, string more = "") => ProxyProcess.StartAsync(folder, $$"""
        proxy: { name: plant }
        listen: [{ address: 127.0.0.1, port: 0 }]
        health: { address: 127.0.0.1, port: 0 }
        allow: ["127.0.0.1:{{port}}"]
        sources: [127.0.0.1]
        privateDestinations: [127.0.0.1]
        limits: { tunnels: 10 }
        {{more}}
        """);

    private static async Task<(int Status, string Output, string Error)> RunAsync(string program, string input, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, RedirectStandardError = true })!;
        using var deadline = new CancellationTokenSource(ProxyProcess.Limit);
        await process.StandardInput.WriteAsync(input);
        process.StandardInput.Close();
        var texts = await Task.WhenAll(process.StandardOutput.ReadToEndAsync(deadline.Token), process.StandardError.ReadToEndAsync(deadline.Token));
        await process.WaitForExitAsync(deadline.Token);
        return (process.ExitCode, texts[0], texts[1]);
    }
}
