using System.Diagnostics;
using System.Net;

namespace Culvert.Interop.Tests;

/// <summary>
/// Negotiate with a real KDC and real Squid. The Kerberos library reads its environment when it is loaded, so these run in a process of their own, started by the first.
/// The KDC is asked through a relay that can be made silent.
/// </summary>
public sealed class KerberosTests : IAsyncDisposable
{
    private const string Inside = "CULVERT_KERBEROS";
    private static readonly HostPort Proxy = Part(1);
    private static readonly HostPort RealKdc = Part(0);
    private static volatile bool _silent;
    private readonly Peer _echo = Peer.Echo();
    private readonly Peer _kdc = new(async (stream, end) =>
    {
        if (_silent)
        {
            await Task.Delay(Timeout.InfiniteTimeSpan, TimeProvider.System, end);
        }

        using var client = new System.Net.Sockets.TcpClient();
        await client.ConnectAsync(RealKdc.Host, RealKdc.Port, end);
        await using var far = client.GetStream();
        await Task.WhenAny(stream.CopyToAsync(far, end), far.CopyToAsync(stream, end));
    });

    public KerberosTests()
    {
        if (Environment.GetEnvironmentVariable(Inside) is not null)
        {
            _silent = false;
            File.WriteAllText(Environment.GetEnvironmentVariable("KRB5_CONFIG")!, Kdc.Client(_kdc.Address));
        }
    }

    private static TunnelDialerOptions Options { get; } = Dials.Patient with
    {
        Hosts = new Dictionary<string, IReadOnlyList<IPAddress>> { [Kdc.ProxyName] = [IPAddress.TryParse(Proxy.Host, out var at) ? at : IPAddress.Loopback] },
    };

    private static Route ByPassword(string password = RealProxies.Password) => Route(new HopCredentials($"{RealProxies.User}@{Kdc.Realm}", password));

    private static Route ByTicket => Route(null);

    public async ValueTask DisposeAsync()
    {
        await _echo.DisposeAsync();
        await _kdc.DisposeAsync();
    }

    [Fact(Timeout = 180_000)]
    public async Task Negotiate_holds_with_a_real_KDC_and_Squid()
    {
        Assert.SkipWhen(Environment.GetEnvironmentVariable(Inside) is not null, "this is the inner run");
        const string helper = "/usr/lib/squid/negotiate_kerberos_auth";
        Assert.SkipUnless(File.Exists(helper), $"{helper} is not installed");
        ProxyProgram.Need("kinit");
        await using var kdc = await Kdc.StartAsync();
        await using var squid = await RealProxies.SquidAsync($"""
            auth_param negotiate program {helper} -k {kdc.ProxyKeys} -s {Kdc.Service}@{Kdc.Realm} -c {kdc.Folder}
            auth_param negotiate children 2
            acl known proxy_auth REQUIRED
            http_access allow known
            http_access deny all
            """, environment: new Dictionary<string, string> { ["KRB5_CONFIG"] = Path.Combine(kdc.Folder, "krb5.conf") });
        await InnerAsync("Inside_ticket", kdc, squid, keys: null);
        await InnerAsync("Inside_keys", kdc, squid, kdc.SensorKeys);
    }

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Inside_ticket_or_password_opens_also_eight_at_once()
    {
        await KinitAsync("1h");
        foreach (var route in new[] { ByPassword(), ByTicket })
        {
            var dialer = new TunnelDialer(Options, TimeProvider.System);
            using var limit = Dials.Limit();
            var results = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => dialer.DialAsync(route, _echo.Address, limit.Token).AsTask()));
            foreach (var result in results)
            {
                Assert.True(result.Succeeded, $"{result.Trace.Failure}");
                await using var stream = result.Stream;
                await Dials.EchoesAsync(stream);
                Assert.Contains(result.Trace.Steps, s => s.Stage == Stage.Authenticate && s.Evidence!.Contains("negotiate", StringComparison.Ordinal));
            }
        }
    }

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Inside_ticket_that_ends_in_the_middle_of_the_day_is_named_and_a_new_one_is_used_at_once()
    {
        await KinitAsync("3s");
        var dialer = new TunnelDialer(Options, TimeProvider.System);
        using var limit = Dials.Limit();
        DialResult result;
        while ((result = await dialer.DialAsync(ByTicket, _echo.Address, limit.Token)).Succeeded)
        {
            await result.Stream.DisposeAsync();
            await Task.Delay(TimeSpan.FromMilliseconds(200), TimeProvider.System, limit.Token);
        }

        Assert.True(result.Trace.Failure is { Stage: Stage.Authenticate, Cause: Cause.CredentialsMissing }, $"{result.Trace.Failure}");
        await KinitAsync("1h");
        result = await dialer.DialAsync(ByTicket, _echo.Address, limit.Token);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await result.Stream.DisposeAsync();
    }

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Inside_ticket_that_is_not_there_and_a_wrong_password_are_named()
    {
        File.Delete(TicketFile);
        var missing = await Dials.DialAsync(ByTicket, _echo.Address, Options);
        Assert.True(missing.Trace.Failure is { Stage: Stage.Authenticate, Cause: Cause.CredentialsMissing }, $"{missing.Trace.Failure}");
        var wrong = await Dials.DialAsync(ByPassword("wrong"), _echo.Address, Options);
        Assert.True(wrong.Trace.Failure is { Stage: Stage.Authenticate, Cause: Cause.CredentialsWrong }, $"{wrong.Trace.Failure}");
    }

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Inside_ticket_that_no_KDC_gives_costs_the_deadline_and_blacklists_nobody()
    {
        _silent = true;
        var options = Options with { RequestTimeout = TimeSpan.FromSeconds(2) };
        var selecting = new RouteSelectorOptions();
        var dialer = new RoutedDialer(new TunnelDialer(options, TimeProvider.System), new RouteSelector([ByPassword()], selecting, TimeProvider.System, new Random(1)), selecting);
        using var limit = Dials.Limit();
        for (var i = 0; i < 3; i++)
        {
            var failure = (await dialer.ConnectAsync(_echo.Address, null, limit.Token)).Trace.Failure;
            Assert.True(failure is { Stage: Stage.Authenticate, Cause: Cause.NoAnswer } && failure.Evidence!.Contains("KDC", StringComparison.Ordinal), $"{failure}");
        }

        _silent = false;
        var result = await new TunnelDialer(Options, TimeProvider.System).DialAsync(ByPassword(), _echo.Address, limit.Token);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await result.Stream.DisposeAsync();
        // The next request, too, goes to the route that failed.
        result = await dialer.ConnectAsync(_echo.Address, null, limit.Token);
        Assert.True(result.Succeeded, $"{result.Trace.Failure}");
        await result.Stream.DisposeAsync();
    }

    [Fact(Timeout = 60_000, Explicit = true)]
    public async Task Inside_keys_give_tickets_by_themselves()
    {
        for (var i = 0; i < 2; i++)
        {
            // Without a ticket file the library makes one from the keys; and again when it is lost.
            File.Delete(TicketFile);
            var result = await Dials.DialAsync(ByTicket, _echo.Address, Options);
            Assert.True(result.Succeeded, $"{result.Trace.Failure}");
            await result.Stream.DisposeAsync();
        }
    }

    private static string TicketFile => Environment.GetEnvironmentVariable("KRB5CCNAME")!["FILE:".Length..];

    private static Route Route(HopCredentials? credentials) => Dials.Via(
        Dials.Hop(new HostPort(Kdc.ProxyName, Proxy.Port), credentials: credentials) with { Authentication = HopAuthentication.Negotiate });

    private static HostPort Part(int index) => Environment.GetEnvironmentVariable(Inside) is { } both ? HostPort.Parse(both.Split(' ')[index]) : default;

    private static Task KinitAsync(string life) =>
        Kdc.RunAsync(ProxyProgram.Need("kinit"), RealProxies.Password + "\n", new Dictionary<string, string>(), "-l", life, $"{RealProxies.User}@{Kdc.Realm}");

    private static async Task InnerAsync(string tests, Kdc kdc, ProxyProgram squid, string? keys)
    {
        var start = new ProcessStartInfo(Environment.ProcessPath!, ["-noColor", "-noLogo", "-explicit", "only", "-method", $"*KerberosTests.{tests}*"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        start.Environment[Inside] = $"{kdc.Address} {squid.Address}";
        start.Environment["KRB5_CONFIG"] = Path.Combine(kdc.Folder, "client.conf");
        start.Environment["KRB5CCNAME"] = $"FILE:{Path.Combine(kdc.Folder, "tickets")}";
        if (keys is not null)
        {
            start.Environment["KRB5_CLIENT_KTNAME"] = keys;
        }

        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(TestContext.Current.CancellationToken);
        var errors = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        try
        {
            await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }

        var said = await output + await errors;
        var wanted = typeof(KerberosTests).GetMethods().Count(m => m.Name.StartsWith(tests, StringComparison.Ordinal));
        Assert.True(process.ExitCode == 0 && said.Contains($"Total: {wanted}, Errors: 0, Failed: 0, Skipped: 0", StringComparison.Ordinal), said);
    }
}
