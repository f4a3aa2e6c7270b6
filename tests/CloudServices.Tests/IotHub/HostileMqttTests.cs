using System.Net.WebSockets;
using MQTTnet;

namespace Culvert.CloudServices.Tests;

/// <summary>Bytes that no client sends. What counts: the link ends, memory stays, and everybody else is served.</summary>
public sealed class HostileMqttTests(PortalFixture fixture)
{
    private InProcessPortal Portal => fixture.Portal;

    [Theory(Timeout = 60_000)]
    [InlineData("30FFFFFF7F")] // PUBLISH of 256 MiB before any CONNECT
    [InlineData("10FFFFFF7F00044D515454")] // CONNECT of 256 MiB
    [InlineData("10FFFFFFFFFF")] // a length that never ends
    [InlineData("0000000000")]
    [InlineData("F0F0F0F0F0F0F0F0")]
    [InlineData("100C00044D5154540402003C0000")] // CONNECT without a client id, clean session
    [InlineData("101000044D5154540402003C0004FFFFFFFF")] // client id that is no UTF-8
    [InlineData("160301020001000001FC0303")] // TLS within TLS
    [InlineData("474554202F20485454502F312E310D0A0D0A")] // GET / HTTP/1.1
    public async Task Nonsense_before_a_proper_connect_ends_the_link(string hex)
    {
        await using var tls = await Portal.OpenTlsAsync(Portal.MqttPort, null, TestContext.Current.CancellationToken);
        await tls.WriteAsync(Convert.FromHexString(hex), TestContext.Current.CancellationToken);
        var filler = new byte[64 * 1024];
        var sent = 0L;
        // Go on sending until it hangs up: it must not keep what it is sent.
        var closed = false;
        var reading = ReadToEndAsync(tls);
        while (!closed && sent < 64 * 1024 * 1024)
        {
            try
            {
                await tls.WriteAsync(filler, TestContext.Current.CancellationToken);
                sent += filler.Length;
            }
            catch (IOException)
            {
                closed = true;
            }

            closed |= reading.IsCompleted;
        }

        await reading.WaitAsync(Until.Limit, TestContext.Current.CancellationToken);
        // What the buffers of both sockets take is the system's affair, ten megabytes at times.
        Assert.True(sent < 32 * 1024 * 1024, $"It took {sent} bytes of nonsense.");
    }

    [Fact(Timeout = 60_000)]
    public async Task A_message_above_the_limit_ends_the_link_and_one_at_the_limit_is_taken()
    {
        using var identity = await Portal.EnrolAsync("hostile-size");
        using var client = new HubClient(Portal, "hostile-size");
        Assert.Equal(MqttClientConnectResultCode.Success, await client.ConnectAsync(identity));
        var padded = WireRecords.Array(WireRecords.Alert(1));
        byte[] atLimit = [.. padded, .. Enumerable.Repeat((byte)' ', CloudServicesOptions.MaxMessageBytes - padded.Length)];
        await client.PublishAsync(client.EventsTopic, atLimit, cancellationToken: TestContext.Current.CancellationToken);
        Assert.NotNull(await Portal.Store.Alerts.FindAsync("hostile-size", "a-1", TestContext.Current.CancellationToken));
        await Assert.ThrowsAnyAsync<Exception>(() => client.PublishAsync(client.EventsTopic, [.. atLimit, 32], cancellationToken: TestContext.Current.CancellationToken));
        await Until.TrueAsync(() => !client.IsConnected, "closed");
    }

    [Fact(Timeout = 60_000)]
    public async Task Huge_websocket_messages_of_one_who_is_nobody_do_not_fill_memory()
    {
        using var socket = new ClientWebSocket();
        socket.Options.AddSubProtocol("mqtt");
        using var invoker = new HttpMessageInvoker(Portal.Handler(null));
        await socket.ConnectAsync(new Uri($"wss://localhost:{Portal.Port}/$iothub/websocket"), invoker, TestContext.Current.CancellationToken);
        var chunk = new byte[256 * 1024];
        // A PUBLISH of 128 MiB.
        (chunk[0], chunk[1], chunk[2], chunk[3], chunk[4]) = (0x30, 0x80, 0x80, 0x80, 0x40);
        var sent = 0L;
        try
        {
            while (sent < 64L * 1024 * 1024 && socket.State == WebSocketState.Open)
            {
                await socket.SendAsync(chunk.AsMemory(), WebSocketMessageType.Binary, endOfMessage: false, TestContext.Current.CancellationToken);
                sent += chunk.Length;
            }
        }
        catch (Exception e) when (e is WebSocketException or IOException)
        {
            // It hung up.
        }

        Assert.True(sent < 16 * 1024 * 1024, $"It took {sent} bytes.");
    }

    [Fact(Timeout = 60_000)]
    public async Task Random_bytes_of_many_connections_leave_it_well()
    {
        const int Seed = 20261124;
        var random = new Random(Seed);
        var before = GC.GetTotalMemory(forceFullCollection: true);
        for (var i = 0; i < 40; i++)
        {
            await using var tls = await Portal.OpenTlsAsync(Portal.MqttPort, null, TestContext.Current.CancellationToken);
            var bytes = new byte[random.Next(1, 600)];
            random.NextBytes(bytes);
            if (i % 2 == 0)
            {
                // Often enough the beginning of something.
                bytes[0] = (byte)(random.Next(16) << 4);
            }

            try
            {
                await tls.WriteAsync(bytes, TestContext.Current.CancellationToken);
            }
            catch (IOException)
            {
                // It hung up.
            }
        }

        using var identity = await Portal.EnrolAsync("hostile-after");
        using var client = new HubClient(Portal, "hostile-after");
        Assert.Equal(MqttClientConnectResultCode.Success, await client.ConnectAsync(identity));
        await client.SendAsync(WireRecords.Alert(1));
        var grown = GC.GetTotalMemory(forceFullCollection: true) - before;
        Assert.True(grown < 64 * 1024 * 1024, $"seed {Seed}: {grown} bytes more");
    }

    private static async Task ReadToEndAsync(Stream stream)
    {
        var buffer = new byte[4096];
        try
        {
            while (await stream.ReadAsync(buffer, TestContext.Current.CancellationToken) > 0)
            {
            }
        }
        catch (IOException)
        {
            // Reset.
        }
    }
}
