using System.IO.Compression;
using System.Text;
using System.Text.Json;
using Culvert.Checking.Tests.Faults;
using Culvert.Cli;
using Spectre.Console;

namespace Culvert.Checking.Tests;

/// <summary><c>culvert check</c> as a person or script sees it.</summary>
public sealed class CheckCommandTests
{
    private const string Password = "not-to-be-seen-7731";

    private static CancellationToken Token => TestContext.Current.CancellationToken;

    [Fact(Timeout = 90_000)]
    public async Task A_way_that_works_exits_with_0_and_shows_every_hop()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", FaultProxy.Good(credentials: $"u:{Password}")));

        var (status, text, _) = await RunAsync("check", "--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"), "--no-open-door-test");

        Assert.Equal(ExitCode.Fine, status);
        Assert.Contains("✓ plant-proxy", text, StringComparison.Ordinal);
        Assert.Contains($"✓ {site.Cloud}", text, StringComparison.Ordinal);
        Assert.Contains("Every endpoint is reached by every route.", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task No_way_exits_with_6_and_says_who_must_act()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", FaultProxy.Good(allowed: _ => false)));

        var (status, text, _) = await RunAsync("check", "--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"));

        Assert.Equal(ExitCode.NoWay, status);
        Assert.Contains($"Add exactly {site.Cloud} to the allow-list of plant-proxy", text, StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task Warnings_exit_with_1_when_strict()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", FaultProxy.Good(eager: true)));
        string[] arguments = ["check", "--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem")];

        Assert.Equal(ExitCode.Fine, (await RunAsync(arguments)).Status);
        Assert.Equal(ExitCode.Found, (await RunAsync([.. arguments, "--strict"])).Status);
    }

    [Fact(Timeout = 90_000)]
    public async Task Json_is_the_report_and_nothing_else()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud());

        var (status, text, _) = await RunAsync("check", "--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"), "--json");

        Assert.Equal(ExitCode.Fine, status);
        Assert.Equal(CheckOutcome.Passed, JsonSerializer.Deserialize(text, CheckJson.Default.CheckReport)!.Outcome);
    }

    [Fact(Timeout = 90_000)]
    public async Task The_bundle_holds_no_secret()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", FaultProxy.Good(credentials: "u:something else")));
        var bundle = site.PathOf("bundle.zip");

        await RunAsync("check", "--settings", site.PathOf("sensor.yaml"), "--activation", site.PathOf("activation.json"), "--bundle", bundle);

        await using var zip = await ZipFile.OpenReadAsync(bundle, Token);
        Assert.Equal(["report.txt", "report.json", "subject.txt", "machine.txt"], zip.Entries.Select(e => e.FullName));
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Token));
            var text = await reader.ReadToEndAsync(Token);
            Assert.NotEmpty(text);
            foreach (var secret in (string[])[Password, Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{Password}")), "one-time-token-4412", "PRIVATE KEY"])
            {
                Assert.DoesNotContain(secret, text, StringComparison.Ordinal);
            }
        }
    }

    [Fact(Timeout = 90_000)]
    public async Task What_a_proxy_quotes_is_in_no_output_and_in_no_part_of_the_bundle()
    {
        var token = Convert.ToBase64String(Encoding.UTF8.GetBytes($"u:{Password}"));
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", FaultProxy.Page(
            $"502 Bad Gateway for u {Password}\r\nServer: squid/5.7 {token}\r\nX-Squid-Error: ERR_{Password} {token}\r\nVia: 1.1 {Password} (squid/5.7)", $"<html><title>{Password} {token}</title></html>")));
        var bundle = site.PathOf("bundle.zip");
        string[] arguments = ["check", "--settings", site.PathOf("sensor.yaml"), "--activation", site.PathOf("activation.json")];

        var (_, text, errors) = await RunAsync([.. arguments, "--bundle", bundle]);
        var (_, json, _) = await RunAsync([.. arguments, "--json"]);

        await using var zip = await ZipFile.OpenReadAsync(bundle, Token);
        var all = text + errors + json;
        foreach (var entry in zip.Entries)
        {
            using var reader = new StreamReader(await entry.OpenAsync(Token));
            all += await reader.ReadToEndAsync(Token);
        }

        Assert.Contains("***", all, StringComparison.Ordinal);
        Assert.DoesNotContain(Password, all, StringComparison.Ordinal);
        Assert.DoesNotContain(token[..^4], all, StringComparison.Ordinal);
        Assert.DoesNotContain("one-time-token-4412", all, StringComparison.Ordinal);
    }

    [Fact(Timeout = 120_000)]
    public async Task A_watch_says_since_when_a_way_is_broken_and_since_when_it_works_again()
    {
        var refuses = true;
        var good = FaultProxy.Good();
        var closed = FaultProxy.Good(allowed: _ => false);
        await using var site = await FilesAsync(new FaultSite().WithCloud().WithHop("plant-proxy", (s, t) => Volatile.Read(ref refuses) ? closed(s, t) : good(s, t)));
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var writer = new StringWriter();
        var watched = TextWriter.Synchronized(writer);
        var running = CheckCommand.Create(Output(watched, watched), TimeProvider.System)
            .Parse(["--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"), "--watch", "1s", "--no-open-door-test"])
            .InvokeAsync(new() { EnableDefaultExceptionHandler = false }, stop.Token);
        async Task UntilAsync(string words)
        {
            while (!Seen().Contains(words, StringComparison.Ordinal))
            {
                Assert.False(running.IsCompleted, Seen());
                await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
            }
        }

        string Seen()
        {
            lock (watched)
            {
                return writer.ToString();
            }
        }

        await UntilAsync("main broken since ");
        Volatile.Write(ref refuses, false);
        await UntilAsync("main works since ");
        Volatile.Write(ref refuses, true);
        await UntilAsync("  new   ");
        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);

        Assert.Matches("gone  plant-proxy .* does not allow this sensor .* stood since [0-9:]{8}, [0-9]+ s", Seen());
        Assert.DoesNotContain("no identity", Seen()[Seen().IndexOf("main broken since", StringComparison.Ordinal)..], StringComparison.Ordinal);
    }

    [Fact(Timeout = 90_000)]
    public async Task Watching_shows_what_changes_and_ends_in_order()
    {
        await using var site = await FilesAsync(new FaultSite().WithCloud());
        using var stop = CancellationTokenSource.CreateLinkedTokenSource(Token);
        using var writer = new StringWriter();
        var watched = TextWriter.Synchronized(writer);
        var running = CheckCommand.Create(Output(watched, watched), TimeProvider.System)
            .Parse(["--settings", site.PathOf("sensor.yaml"), "--endpoints", site.PathOf("endpoints.json"), "--ca", site.PathOf("ca.pem"), "--watch", "1s"])
            .InvokeAsync(new() { EnableDefaultExceptionHandler = false }, stop.Token);
        string Seen()
        {
            // A synchronized writer locks itself.
            lock (watched)
            {
                return writer.ToString();
            }
        }

        while (!Seen().Contains("no change", StringComparison.Ordinal))
        {
            Assert.False(running.IsCompleted, Seen());
            await Task.Delay(TimeSpan.FromMilliseconds(100), TimeProvider.System, Token);
        }

        await stop.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => running);
    }

    [Fact]
    public async Task The_schema_is_printed()
    {
        var (status, text, _) = await RunAsync("check", "--schema");

        Assert.Equal(ExitCode.Fine, status);
        Assert.True(JsonDocument.Parse(text).RootElement.GetProperty("properties").TryGetProperty("findings", out _));
    }

    [Theory]
    [InlineData(ExitCode.Usage, "The cloud endpoints are not known", "check")]
    [InlineData(ExitCode.BadFile, "does not exist", "check", "--activation", "/nowhere/activation.json")]
    [InlineData(ExitCode.BadFile, "is no data folder of an activated sensor", "check", "--data", "/nowhere")]
    [InlineData(ExitCode.Usage, "is not a time", "check", "--idle", "soon")]
    public async Task What_is_missing_is_said(int expected, string words, params string[] arguments)
    {
        var (status, _, errors) = await RunAsync(arguments);

        Assert.Equal(expected, status);
        Assert.Contains(words, errors, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_sensor_that_the_site_file_has_not_is_said()
    {
        var (status, _, errors) = await RunAsync("check", "--site", Path.Combine(Repository.Root, "samples/direct.site.yaml"), "--sensor", "nobody");

        Assert.Equal(ExitCode.Usage, status);
        Assert.Contains("has no sensor 'nobody'", errors, StringComparison.Ordinal);
    }

    private static async Task<FaultSite> FilesAsync(FaultSite site)
    {
        site.Authority.WriteTrust(site.PathOf("ca.pem"));
        await File.WriteAllTextAsync(site.PathOf("password"), Password, Token);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(site.PathOf("password"), UnixFileMode.UserRead | UnixFileMode.UserWrite);
        }

        var hops = string.Concat(site.Hops.Select(h => $"\n      - {{ name: {h.Name}, host: {h.Address.Host}, port: {h.Address.Port}, level: 3, credentials: {{ userName: u, password: {{ file: password }} }} }}"));
        await File.WriteAllTextAsync(site.PathOf("sensor.yaml"), $"routes:\n  - name: main\n    hops:{(hops.Length > 0 ? hops : " []")}\nmode: learning\nsources: []\n", Token);
        CloudEndpointEntry[] endpoints = [new(CloudService.IotHub, site.Cloud.Host, site.Cloud.Port)];
        await File.WriteAllTextAsync(site.PathOf("endpoints.json"), $$"""[{"service":"iotHub","host":"{{site.Cloud.Host}}","port":{{site.Cloud.Port}}}]""", Token);
        var now = TimeProvider.System.GetUtcNow();
        var content = new ActivationContent
        {
            Sensor = "s1",
            Site = "plant",
            Zone = "cell",
            Endpoints = endpoints,
            TrustPem = site.Authority.Certificate.ExportCertificatePem(),
            PackageSigningKeyPem = "-",
            EnrolmentToken = "one-time-token-4412",
            IssuedAt = now,
            ExpiresAt = now.AddDays(14),
        };
        var file = new ActivationFile { Content = Convert.ToBase64String(JsonSerializer.SerializeToUtf8Bytes(content, CulvertJson.Default.ActivationContent)), Signature = "", SignerPem = "" };
        await File.WriteAllTextAsync(site.PathOf("activation.json"), JsonSerializer.Serialize(file, CulvertJson.Default.ActivationFile), Token);
        return site;
    }

    private static async Task<(int Status, string Text, string Errors)> RunAsync(params string[] arguments)
    {
        using var text = new StringWriter();
        using var errors = new StringWriter();
        var status = await CulvertCommand.RunAsync(arguments, Output(text, errors), TimeProvider.System);
        return (status, text.ToString(), errors.ToString());
    }

    private static Output Output(TextWriter text, TextWriter errors)
    {
        static IAnsiConsole To(TextWriter writer) => AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = AnsiSupport.No,
            ColorSystem = ColorSystemSupport.NoColors,
            Out = new WideOutput(writer, isRedirected: true),
        });
        return new Output(To(text), To(errors));
    }
}
