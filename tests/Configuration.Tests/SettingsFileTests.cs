using System.Net;

namespace Culvert.Configuration.Tests;

public sealed class SettingsFileTests
{
    [Fact]
    public void Every_kind_is_read()
    {
        var result = Read(
            """
            name: plant-proxy
            flag: true
            port: 3128
            idle: 30s
            size: 512MiB
            method: cloudProxy
            parent: dmz.example.com:3129
            listen: "[::1]:0"
            address: 10.1.2.3
            network: 10.1.2.0/24
            level: 3.5
            allow: [a.example.com:443, "b.example.com:8883"]
            key: keys/server.pem
            password: { environment: PROXY_PASSWORD }
            nested:
              inner: text
            many:
              - inner: one
              - inner: two
            """,
            m => (object)(
                m.Required("name", Setting.Name), m.Required("flag", Setting.Flag), m.Required("port", Setting.Port),
                m.Required("idle", Setting.Duration(TimeSpan.Zero, TimeSpan.FromHours(1))), m.Required("size", Setting.Size(0, 1L << 40)),
                m.Required("method", Setting.Word<ConnectionMethod>()), m.Required("parent", Setting.HostPort), m.Required("listen", Setting.Listen).Port,
                m.Required("address", Setting.Address).ToString(), m.Required("network", Setting.Network), m.Required("level", Setting.Level),
                string.Join(' ', m.List("allow", Setting.HostPort)), m.Required("key", Setting.FilePath), m.Secret("password"),
                m.Mapping("nested")!.Required("inner", Setting.Text), string.Join(' ', m.Mappings("many").Select(x => x.Required("inner", Setting.Text)))));

        Assert.Empty(result.Mistakes);
        Assert.Equal(
            (object)("plant-proxy", true, 3128, TimeSpan.FromSeconds(30), 512L << 20, ConnectionMethod.CloudProxy, HostPort.Parse("dmz.example.com:3129"), 0,
                "10.1.2.3", IPNetwork.Parse("10.1.2.0/24"), PurdueLevel.IndustrialDmz, "a.example.com:443 b.example.com:8883",
                "/etc/culvert/keys/server.pem", new SecretReference(SecretPlace.Environment, "PROXY_PASSWORD"), "text", "one two"),
            result.Value);
    }

    [Fact]
    public void All_mistakes_are_told_at_once_with_line_column_field_and_expectation()
    {
        var result = Read(
            """
            listen: 3128
            idle: soon
            allow:
              - "*.blob.core.windows.net:443"
              - hub.example.com:443
              - https://hub.example.com/
            nested:
              levle: 3
            password: hunter2
            """,
            m =>
            {
                m.Required("listen", Setting.Listen);
                m.Required("idle", Setting.Duration(TimeSpan.FromSeconds(1), TimeSpan.FromHours(1)));
                m.List("allow", Setting.HostPort);
                m.Mapping("nested")!.Required("level", Setting.Level);
                m.Secret("password");
                return "";
            });

        Assert.Null(result.Value);
        Assert.Equal(
            [
                "/etc/culvert/test.yaml:1:9: listen: '3128'; expected an address and port to listen on, such as 127.0.0.1:3128, [::]:3128 or *:3128 (all addresses)",
                "/etc/culvert/test.yaml:2:7: idle: 'soon'; expected a time from 1s to 1h, written as 500ms, 30s, 5m, 2h or 14d",
                "/etc/culvert/test.yaml:4:5: allow[0]: '*.blob.core.windows.net:443', which is a wildcard; expected one exact host and port, such as proxy.example.com:3128",
                "/etc/culvert/test.yaml:6:5: allow[2]: 'https://hub.example.com/', which is a URL; expected one exact host and port, such as proxy.example.com:3128",
                "/etc/culvert/test.yaml:8:3: nested.level: this field is missing; expected a Purdue level: 0, 1, 2, 3, 3.5, 4 or 5",
                "/etc/culvert/test.yaml:8:3: nested.levle: this field is not known (did you mean 'level'?); expected one of level",
                "/etc/culvert/test.yaml:9:11: password: a secret written out; expected a reference, { file: PATH } or { environment: NAME }",
            ],
            result.Mistakes.Select(m => m.ToString()));
    }

    [Theory]
    [InlineData("a: 1\na: 2", "2:1: a: the field is written twice, first in line 1")]
    [InlineData("a: &x 1\nb: *x", "1:4: a: an anchor, &x")]
    [InlineData("a: !!int 1", "1:4: a: a tag")]
    [InlineData("a: [1, 2", "this is not valid YAML")]
    [InlineData("a: 1\n\tb: 2", "2:")]
    [InlineData("", "1:1: the file is empty")]
    [InlineData("- a", "1:1: a list")]
    [InlineData("a: 1\n---\nb: 2", "2:1: a second document begins here")]
    [InlineData("? [x]\n: 1", "a key that is not plain text")]
    public void What_settings_do_not_need_is_refused_with_its_line(string yaml, string expected)
    {
        var result = Read(yaml, m => m.Optional("a", Setting.Text) ?? "");

        Assert.Null(result.Value);
        Assert.Contains(result.Mistakes, m => m.ToString().Contains(expected, StringComparison.Ordinal));
    }

    [Fact]
    public void Nesting_beyond_the_limit_is_refused_without_reading_on()
    {
        var result = Read("a: " + new string('[', 10_000) + new string(']', 10_000), m => m.Optional("a", Setting.Text) ?? "");

        Assert.Contains(result.Mistakes, m => m.Found == "values are nested too deep");
    }

    [Fact]
    public void Too_many_mistakes_are_cut_and_counted()
    {
        var result = Read(string.Join('\n', Enumerable.Range(0, 500).Select(i => $"x{i}: 1")), _ => "");

        Assert.Equal(SettingsFile.MaxMistakes + 1, result.Mistakes.Count);
        Assert.Contains("400 more mistakes", result.Mistakes[^1].ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void A_network_with_host_bits_is_told_with_the_network_meant()
    {
        var result = Read("a: 10.1.2.3/24", m => m.Required("a", Setting.Network).ToString());

        Assert.Contains("did you mean '10.1.2.0/24'?", Assert.Single(result.Mistakes).Found, StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("yes")]
    [InlineData("True")]
    [InlineData("[true]")]
    [InlineData("~")]
    public void Only_true_and_false_are_flags(string written) =>
        Assert.Single(Read($"a: {written}", m => m.Required("a", Setting.Flag).ToString()).Mistakes);

    [Theory]
    [InlineData("10.1")]
    [InlineData("010.1.2.3")]
    [InlineData("0x7f.0.0.1")]
    [InlineData("1.2.3.4.5")]
    public void An_address_that_programs_read_differently_is_refused(string written) =>
        Assert.Single(Read($"a: {written}", m => m.Required("a", Setting.Address)?.ToString() ?? "").Mistakes);

    [Fact]
    public void A_file_that_is_not_there_is_a_mistake() =>
        Assert.Contains("does not exist", Assert.Single(SettingsFile.Load("/nowhere/at.yaml", _ => "").Mistakes).ToString(), StringComparison.Ordinal);

    [Fact]
    public void A_file_that_is_too_large_is_a_mistake()
    {
        var file = Path.GetTempFileName();
        try
        {
            File.WriteAllText(file, "a: " + new string('x', SettingsFile.MaxBytes));
            Assert.Contains("too large", Assert.Single(SettingsFile.Load(file, _ => "").Mistakes).ToString(), StringComparison.Ordinal);
        }
        finally
        {
            File.Delete(file);
        }
    }

    private static SettingsResult<T> Read<T>(string yaml, Func<SettingsMapping, T> read)
        where T : class => SettingsFile.Parse(yaml, "/etc/culvert/test.yaml", read);
}
