using System.Net;

namespace Culvert.Lab.Tests;

public sealed class PartsTests
{
    [Theory]
    [InlineData("10.40.2.0/24 10.40.4.0/24", "10.40.0.0/21")]
    [InlineData("10.60.0.32/27", "10.60.0.32/27")]
    [InlineData("10.0.0.0/8 192.168.1.0/24", "0.0.0.0/0")]
    [InlineData("10.1.2.0/24 10.1.2.128/25", "10.1.2.0/24")]
    public void The_cover_is_the_smallest_network_over_all(string networks, string expected) =>
        Assert.Equal(IPNetwork.Parse(expected), IpsecFiles.Cover([.. networks.Split(' ').Select(n => IPNetwork.Parse(n))]));

    [Fact]
    public void Ports_listened_on_are_read_from_the_kernel_s_table() => Assert.Equal([3128, 53], Sweep.Listening(
        """
          sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode
           0: 00000000:0C38 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
           1: 0101A8C0:0035 00000000:0000 0A 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
           2: 0101A8C0:8AE2 0A01A8C0:0C38 01 00000000:00000000 00:00000000 00000000     0        0 1 1 0 100 0 0 10 0
        """));

    [Fact]
    public void The_same_seed_gives_the_same_scenario_in_order_and_within_the_time()
    {
        var network = NetworkBuilder.Build(NetworkTests.Site("proxy-chain"));
        var (one, two) = (ScenarioPlan.Random(network, 7, TimeSpan.FromHours(1)), ScenarioPlan.Random(network, 7, TimeSpan.FromHours(1)));
        Assert.Equal(one, two);
        Assert.NotEqual(one, ScenarioPlan.Random(network, 8, TimeSpan.FromHours(1)));
        Assert.InRange(one.Count, 8, 40);
        Assert.True(one[^1].At + one[^1].Lasts <= TimeSpan.FromHours(1));
        Assert.All(one.Zip(one.Skip(1)), p => Assert.True(p.First.At + p.First.Lasts < p.Second.At));
        Assert.All(one, s => Assert.NotNull(LabFault.Find(s.Fault)));
        Assert.Equal(one[0].At / 30, ScenarioPlan.Compress(one, 30)[0].At);
    }

    [Fact]
    public void A_scenario_file_with_mistakes_names_them()
    {
        var file = Path.GetTempFileName();
        File.WriteAllText(file,
            """
            steps:
              - { at: soon, fault: kill, host: plant-proxy, for: 5s }
              - { at: 1s, fault: kil, host: plant-proxi, for: 5s }
              - { at: 2s, fault: delay, host: plant-proxy..dmz-proxy, for: 5s, value: 3 parsecs, colour: red }
              - { at: 3s, fault: kill, host: dmz-proxy..plant-proxy, for: 0s }
            """);
        var e = Assert.Throws<LabException>(() => ScenarioPlan.Load(file, NetworkBuilder.Build(NetworkTests.Site("proxy-chain"))));
        var mistakes = e.Message.Split('\n');
        Assert.All(mistakes, m => Assert.StartsWith(file, m, StringComparison.Ordinal));
        foreach (var (line, word) in ((int, string)[])[(2, "soon"), (3, "did you mean 'kill'"), (3, "did you mean 'plant-proxy'"), (4, "3 parsecs"), (4, "colour"), (5, "no edge"), (5, "for")])
        {
            Assert.True(mistakes.Any(m => m.Contains(FormattableString.Invariant($":{line}"), StringComparison.Ordinal) && m.Contains(word, StringComparison.Ordinal)), $"line {line}, {word}: {e.Message}");
        }

        File.WriteAllText(file, "steps:\n  - { at: 3s, fault: kill, host: plant-proxy, for: 5s }\n");
        Assert.Equal(new ScenarioStep(TimeSpan.FromSeconds(3), "kill", "plant-proxy", TimeSpan.FromSeconds(5)), Assert.Single(ScenarioPlan.Load(file)));
        File.Delete(file);
    }

    [Fact]
    public void The_sample_scenario_is_one_for_its_site() =>
        Assert.Equal(5, ScenarioPlan.Load(Path.Combine(Repository.Root, "samples", "line-stop.scenario.yaml"), NetworkBuilder.Build(NetworkTests.Site("two-lines"))).Count);

    [Theory]
    [InlineData("delay=300ms@plant-proxy", "delay", "plant-proxy", 0.3)]
    [InlineData("bandwidth=2mbit@a..b", "bandwidth", "a..b", 2e6)]
    [InlineData("loss=5%@x", "loss", "x", 5)]
    [InlineData("mtu@x", "mtu", "x", 600)]
    [InlineData("reset-after-mb=20kB@x", "reset-after-mb", "x", 20_000)]
    [InlineData("clock-off=-2h@x", "clock-off", "x", -7200)]
    [InlineData("kill@x", "kill", "x", 0)]
    public void An_order_of_a_fault_is_read(string text, string fault, string at, double value)
    {
        var order = FaultOrder.Read(text);
        Assert.Equal((fault, at, value, text), (order.Fault.Name, order.At, order.Fault.Check(order.Value), order.ToString()));
    }

    [Theory]
    [InlineData("dealy@x", "did you mean 'delay'")]
    [InlineData("delay", "FAULT@HOP")]
    [InlineData("delay=soon@x", "300ms")]
    [InlineData("delay=-1s@x", "from 1ms to 1m")]
    [InlineData("kill=2@x", "takes no value")]
    [InlineData("clock-off=2h@x", "+2h")]
    public void A_wrong_order_is_refused_with_what_was_expected(string text, string expected) =>
        Assert.Contains(expected, Assert.Throws<LabException>(() => FaultOrder.Read(text)).Message, StringComparison.Ordinal);

    [Fact]
    public void Places_are_found_by_name_and_wrong_ones_are_told_with_what_is_near()
    {
        var network = NetworkBuilder.Build(NetworkTests.Site("proxy-chain"));
        Assert.Equal("plant-proxy..dmz-proxy", FaultPlace.Find(network, "plant-proxy..dmz-proxy").Name);
        Assert.Equal("cloud-portal", FaultPlace.Find(network, "portal").Name);
        Assert.Contains("did you mean 'plant-proxy'", Assert.Throws<LabException>(() => FaultPlace.Find(network, "plantproxi")).Message, StringComparison.Ordinal);
        Assert.Contains("Its edges are: ", Assert.Throws<FaultNotHereException>(() => FaultPlace.Find(network, "sensor-cell-1..dmz-proxy")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_report_is_signed_and_a_changed_one_is_found_out()
    {
        var folder = Directory.CreateTempSubdirectory("culvert-acceptance-").FullName;
        var report = new Acceptance
        {
            Site = "s",
            DisplayName = "A <b>plant</b>",
            SiteFileSha256 = "00",
            At = DateTimeOffset.UnixEpoch,
            Method = "direct",
            Map = [new AcceptanceZone("z", "level 2", ["h"])],
            Checks = [new AcceptanceCheck("sweep", "nothing is open", true, "fine")],
            Rules = [new RuleCounter("fw", 1, "a", "b", "tcp/443", "iotHub", 0)],
        };
        var fingerprint = AcceptanceFolder.Write(report, folder, Path.Combine(folder, "key.pem"));
        Assert.True(AcceptanceFolder.Verify(folder, out var found));
        Assert.Equal(fingerprint, found);
        var html = File.ReadAllText(Path.Combine(folder, "acceptance.html"));
        Assert.Contains("A &lt;b&gt;plant", html, StringComparison.Ordinal);
        Assert.Contains("never", html, StringComparison.Ordinal);
        var page = Path.Combine(folder, "acceptance.html");
        File.WriteAllText(page, html.Replace("never", "once", StringComparison.Ordinal));
        Assert.False(AcceptanceFolder.Verify(folder, out _, out var wrong));
        Assert.Equal("acceptance.html does not show what acceptance.json says", wrong);
        File.WriteAllText(page, html);
        Assert.True(AcceptanceFolder.Verify(folder, out _));
        var json = Path.Combine(folder, "acceptance.json");
        File.WriteAllText(json, File.ReadAllText(json).Replace("fine", "FINE", StringComparison.Ordinal));
        Assert.False(AcceptanceFolder.Verify(folder, out _));
        Directory.Delete(folder, recursive: true);
    }

    [Fact]
    public void A_time_server_answers_clients_and_nobody_else()
    {
        var at = new DateTimeOffset(2030, 1, 2, 3, 4, 5, TimeSpan.Zero);
        var answer = TimeServer.Answer(TimeServer.Question(), at)!;
        var seconds = System.Buffers.Binary.BinaryPrimitives.ReadUInt32BigEndian(answer.AsSpan(40));
        Assert.Equal((uint)(at - new DateTimeOffset(1900, 1, 1, 0, 0, 0, TimeSpan.Zero)).TotalSeconds, seconds);
        Assert.Null(TimeServer.Answer(new byte[47], at));
        Assert.Null(TimeServer.Answer(new byte[48], at));
    }
}
