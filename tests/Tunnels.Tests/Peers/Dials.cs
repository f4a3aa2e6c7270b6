using System.Net;
using Microsoft.Extensions.Time.Testing;

namespace Culvert.Tunnels.Tests;

/// <summary>Short ways to write what most tests do.</summary>
internal static class Dials
{
    private static readonly TimeSpan Generous = TimeSpan.FromSeconds(50);

    /// <summary>Deadlines that no busy machine reaches.</summary>
    public static TunnelDialerOptions Patient { get; } = new()
    {
        ResolveTimeout = Generous,
        ConnectTimeout = Generous,
        RequestTimeout = Generous,
        TlsTimeout = Generous,
    };

    /// <summary>Ends with the test, or after a time that only a hang reaches.</summary>
    public static CancellationTokenSource Limit()
    {
        var limit = CancellationTokenSource.CreateLinkedTokenSource(TestContext.Current.CancellationToken);
        limit.CancelAfter(Generous);
        return limit;
    }

    public static Hop Hop(HostPort address, HopScheme scheme = HopScheme.Http, string name = "hop", HopCredentials? credentials = null) =>
        new() { Name = name, Address = address, Scheme = scheme, Credentials = credentials };

    public static Route Via(params Hop[] hops) => new() { Name = "main", Hops = hops };

    public static async Task<DialResult> DialAsync(Route route, HostPort destination, TunnelDialerOptions? options = null)
    {
        using var limit = Limit();
        return await new TunnelDialer(options ?? Patient, TimeProvider.System).DialAsync(route, destination, limit.Token);
    }

    public static async Task<DialResult> DialTlsAsync(Route route, HostPort destination, EndpointTls tls, TunnelDialerOptions? options = null)
    {
        using var limit = Limit();
        return await new TunnelDialer(options ?? Patient, TimeProvider.System).DialTlsAsync(route, destination, tls, limit.Token);
    }

    /// <summary>Whether bytes go through and come back.</summary>
    public static async Task EchoesAsync(Stream stream, string text = "ping")
    {
        using var limit = Limit();
        await stream.WriteAsync(System.Text.Encoding.UTF8.GetBytes(text), limit.Token);
        var back = new byte[text.Length];
        await stream.ReadExactlyAsync(back, limit.Token);
        Assert.Equal(text, System.Text.Encoding.UTF8.GetString(back));
    }

    public static TunnelDialerOptions Hosts(string name, params IPAddress[] addresses) =>
        Patient with { Hosts = new Dictionary<string, IReadOnlyList<IPAddress>> { [name] = addresses } };

    /// <summary>Waits for a condition, without a guess at how long it takes.</summary>
    public static async Task UntilAsync(Func<bool> condition)
    {
        using var limit = Limit();
        while (!condition())
        {
            await Task.Delay(TimeSpan.FromMilliseconds(5), TimeProvider.System, limit.Token);
        }
    }

    /// <summary>Moves a fake clock in steps until the task ends: a timer that is registered late is still reached.</summary>
    public static async Task<T> DriveAsync<T>(FakeTimeProvider clock, Task<T> task, TimeSpan step)
    {
        using var limit = Limit();
        while (!task.IsCompleted)
        {
            clock.Advance(step);
            await Task.WhenAny(task, Task.Delay(TimeSpan.FromMilliseconds(2), TimeProvider.System, limit.Token));
            limit.Token.ThrowIfCancellationRequested();
        }

        return await task;
    }
}
