using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Culvert.PortalHost;

namespace Culvert.CloudServices.Tests;

/// <summary>Microsoft's own IoT device client and Blob client for Node.js, against the portal.</summary>
public sealed class OfficialNodeClientTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Theory(Timeout = 110_000)]
    [InlineData("tls")]
    [InlineData("ws")]
    public async Task The_official_device_client_sends_reports_is_told_is_called_and_uploads(string transport)
    {
        var folder = FindFolder();
        Assert.SkipUnless(Directory.Exists(Path.Combine(folder, "node_modules", "azure-iot-device")), $"The npm packages of {folder} are not installed (eng/prepare-tests.sh does it).");
        var sensor = $"node-{transport}";
        await Portal.OnboardAsync(sensor);
        var administration = Portal.Service<SensorAdministration>();
        var key = await administration.CreateSymmetricKeyAsync(sensor, Actor.Local, TestContext.Current.CancellationToken);
        var trust = Path.GetTempFileName();
        try
        {
            await File.WriteAllTextAsync(trust, Portal.Root.ExportCertificatePem(), TestContext.Current.CancellationToken);
            var (steps, errors) = (new ConcurrentQueue<string>(), new ConcurrentQueue<string>());
            using var node = Start(folder, new Dictionary<string, string>
            {
                ["CULVERT_HTTPS_PORT"] = Portal.Port.ToString(CultureInfo.InvariantCulture),
                ["CULVERT_MQTT_PORT"] = Portal.MqttPort.ToString(CultureInfo.InvariantCulture),
                ["CULVERT_DEVICE"] = sensor,
                ["CULVERT_KEY"] = key!,
                ["CULVERT_TRANSPORT"] = transport,
                ["CULVERT_CA"] = trust,
                ["NODE_EXTRA_CA_CERTS"] = trust,
            });
            node.OutputDataReceived += (_, e) => steps.Enqueue(e.Data ?? "");
            node.ErrorDataReceived += (_, e) => errors.Enqueue(e.Data ?? "");
            node.BeginOutputReadLine();
            node.BeginErrorReadLine();
            try
            {
                await Until.TrueAsync(() => steps.Contains("ok ready") || node.HasExited, $"ready; {string.Join(' ', steps)}");
                Assert.True(steps.Contains("ok ready"), string.Join('\n', errors));
                await administration.DesireAsync(sensor, new JsonObject { ["heartbeatSeconds"] = 45 }, Actor.Local, TestContext.Current.CancellationToken);
                await Until.TrueAsync(() => steps.Contains("ok desired") || node.HasExited, $"desired; {string.Join(' ', steps)}");
                // The client subscribes to methods in its own time, and a method to one who is not there yet is lost.
                var answer = await administration.InvokeAsync(sensor, "ping", """{"x":1}""", Actor.Local, TestContext.Current.CancellationToken);
                Assert.Equal((MethodOutcome.Answered, 200), (answer.Outcome, answer.Status));
                Assert.Equal(1, JsonNode.Parse(answer.Payload!)!["echoed"]!["x"]!.GetValue<int>());
                await node.WaitForExitAsync(TestContext.Current.CancellationToken);
                Assert.True(node.ExitCode == 0, $"{string.Join(' ', steps)}\n{string.Join('\n', errors)}");
            }
            finally
            {
                if (!node.HasExited)
                {
                    node.Kill(entireProcessTree: true);
                }
            }

            Assert.NotNull(await Portal.Store.Alerts.FindAsync(sensor, "node-1", TestContext.Current.CancellationToken));
            var twin = await Portal.Store.Twins.FindAsync(sensor, TestContext.Current.CancellationToken);
            Assert.Equal("node", JsonNode.Parse(twin!.Reported)!["softwareVersion"]!.GetValue<string>());
            var blob = await Portal.Store.Blobs.FindAsync("evidence", $"{sensor}/node/evidence.bin", TestContext.Current.CancellationToken);
            Assert.Equal(300_000, blob?.Length);
        }
        finally
        {
            File.Delete(trust);
        }
    }

    private static Process Start(string folder, Dictionary<string, string> environment)
    {
        var start = new ProcessStartInfo("node", "device.js") { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true, UseShellExecute = false };
        foreach (var (name, value) in environment)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            Assert.Skip("node is not installed.");
            throw;
        }
    }

    private static string FindFolder()
    {
        for (var folder = new DirectoryInfo(AppContext.BaseDirectory); folder is not null; folder = folder.Parent)
        {
            if (File.Exists(Path.Combine(folder.FullName, "Culvert.slnx")))
            {
                return Path.Combine(folder.FullName, "tests", "Interop.Node");
            }
        }

        throw new DirectoryNotFoundException("The repository's root is not above the tests.");
    }
}
