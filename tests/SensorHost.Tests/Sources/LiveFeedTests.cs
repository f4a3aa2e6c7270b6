using System.Net;
using System.Net.Sockets;
using Culvert.Analysis;
using Microsoft.Extensions.Logging.Abstractions;

namespace Culvert.SensorHost.Tests;

public sealed class LiveFeedTests : IDisposable
{
    private readonly TestFolder _folder = new();

    [Fact(Timeout = 60_000)]
    public async Task What_arrives_at_an_interface_is_analysed_and_the_devices_are_known_after_a_restart()
    {
        Assert.SkipUnless(OperatingSystem.IsLinux() && Environment.UserName == "root", "Reading an interface needs root or CAP_NET_RAW.");
        Assert.SkipUnless(HasLibpcap(), "libpcap is not installed (Debian: libpcap0.8).");
        using var outbox = await OutboxReader.OpenAsync(_folder.File("outbox"));
        var feed = Make(outbox, "lo");
        using var stop = new CancellationTokenSource();
        using var socket = new UdpClient(new IPEndPoint(IPAddress.Loopback, 0));

        var running = feed.RunAsync(stop.Token);
        await Until.TrueAsync(
            () => feed.Devices > 0 && outbox.Waiting > 0,
            $"a device is seen; {feed.Sources[0].Fault}",
            () => socket.Send("hello"u8, (IPEndPoint)socket.Client.LocalEndPoint!));
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.Null(feed.Sources[0].Fault);
        Assert.True(feed.Sources[0].Packets > 0);
        Assert.NotEmpty(new ZoneMemory(_folder.File("zones"), "hall").Devices);
    }

    [Fact(Timeout = 60_000)]
    public async Task An_interface_that_is_not_there_is_named()
    {
        using var outbox = await OutboxReader.OpenAsync(_folder.File("outbox"));
        var feed = Make(outbox, "nothere0");
        using var stop = new CancellationTokenSource();

        var running = feed.RunAsync(stop.Token);
        await Until.TrueAsync(() => feed.Sources[0].Fault is not null, "it is named");
        await stop.CancelAsync();
        await running.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing | ConfigureAwaitOptions.ContinueOnCapturedContext);

        Assert.True(
            feed.Sources[0].Fault!.Contains("there is no interface nothere0", StringComparison.Ordinal) || feed.Sources[0].Fault!.Contains("libpcap", StringComparison.Ordinal), feed.Sources[0].Fault);
    }

    public void Dispose() => _folder.Dispose();

    private static bool HasLibpcap() =>
        ((string[])["libpcap.so.0.8", "libpcap.so.1", "libpcap.so"]).Any(name => System.Runtime.InteropServices.NativeLibrary.TryLoad(name, out _));

    private LiveFeed Make(Culvert.Outbox.OutboxStore outbox, string name) => new(
        "hall",
        [new SensorSource { Interface = name, Zone = "hall" }],
        new AnalyzerOptions { Zone = "hall", Learning = true },
        new FeedContext(outbox, 1024 * 1024, new ThreatShelf(_folder.File("packages")), _folder.File("zones"), TimeProvider.System, NullLogger.Instance));
}
