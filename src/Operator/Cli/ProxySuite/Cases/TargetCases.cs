namespace Culvert.Cli;

/// <summary>Targets that spell out something else than one listed host and port. Those of the loopback name a port where somebody listens: a proxy that is fooled opens a tunnel.</summary>
internal static class TargetCases
{
    private const string Group = "target";

    public static IEnumerable<SuiteCase> All { get; } =
    [
        // Cloud machines tell their secrets at these addresses to whoever asks from them.
        Address("the metadata address", "169.254.169.254", 80, expected: 403),
        Address("the metadata address in IPv6", "[fd00:ec2::254]", 80),
        Address("the metadata address of another cloud", "100.100.100.200", 80),
        Address("the address of a cloud's fabric", "168.63.129.16", 80),
        Address("the metadata address mapped into IPv6", "[::ffff:169.254.169.254]", 80),
        Address("the metadata address behind NAT64", "[64:ff9b::a9fe:a9fe]", 80),
        Address("the metadata address in 6to4", "[2002:a9fe:a9fe::1]", 80),
        Address("the metadata address in decimal", "2852039166", 80),
        Address("a link-local address", "[fe80::1]", 443),
        Unlisted("an address in decimal", "2130706433"),
        Unlisted("an address in hexadecimal", "0x7f000001"),
        Unlisted("an address with hexadecimal parts", "0x7f.0.0.1"),
        Unlisted("an address with octal parts", "0177.0.0.1"),
        Unlisted("an address with leading zeros", "127.000.000.001"),
        Unlisted("an address of two parts", "127.1"),
        Unlisted("the address of all interfaces", "0.0.0.0"),
        Unlisted("the short address of all interfaces", "0"),
        Unlisted("another address of the loopback", "127.0.0.2"),
        Unlisted("the loopback in IPv6", "[::1]"),
        Unlisted("the loopback mapped into IPv6", "[::ffff:127.0.0.1]"),
        Unlisted("the loopback by its name", "localhost"),
        Unlisted("the loopback by a name with a dot at its end", "localhost."),
        Target("a user name before the host", s => $"user@{s.Destinations.Unlisted}"),
        Target("a listed host as user name of another", s => $"{s.Destinations.Echo.Host}@{s.Destinations.Unlisted}"),
        Target("a password before the host", s => $"user:word@{s.Destinations.Echo}"),
        Target("a host without a port", s => s.Destinations.Echo.Host),
        Target("a host with an empty port", s => $"{s.Destinations.Echo.Host}:"),
        Target("port 0", _ => "127.0.0.1:0"),
        Target("a port beyond 65535", s => $"127.0.0.1:{Asking.Number(s.Destinations.Echo.Port + 65536)}"),
        Target("a port with a sign", s => $"127.0.0.1:+{Asking.Number(s.Destinations.Echo.Port)}"),
        Target("a port in hexadecimal", s => $"127.0.0.1:0x{s.Destinations.Echo.Port:x}"),
        Target("two ports", s => $"{s.Destinations.Echo}:{Asking.Number(s.Destinations.Unlisted.Port)}"),
        Target("two targets", s => $"{s.Destinations.Echo},{s.Destinations.Unlisted}"),
        Target("an empty host", s => $":{Asking.Number(s.Destinations.Echo.Port)}"),
        Target("an empty target", _ => ""),
        Target("a target with a path", s => $"{s.Destinations.Unlisted}/{s.Destinations.Echo}"),
        Target("a target with a query", s => $"{s.Destinations.Unlisted}?{s.Destinations.Echo}"),
        Target("a target with a fragment", s => $"{s.Destinations.Unlisted}#{s.Destinations.Echo}"),
        Target("an address with a scheme", s => $"http://{s.Destinations.Unlisted}"),
        Target("a host with escapes", s => $"127%2e0.0.1:{Asking.Number(s.Destinations.Unlisted.Port)}"),
        Target("a host with a NUL in it", s => $"127.0.0.1\0.example.com:{Asking.Number(s.Destinations.Unlisted.Port)}"),
        Target("a host with a backslash", s => $"{s.Destinations.Echo.Host}\\@{s.Destinations.Unlisted}"),
        Target("a wildcard", s => $"*:{Asking.Number(s.Destinations.Echo.Port)}"),
        Target("a host of 10,000 letters", _ => $"{new string('h', 10_000)}:443"),
        Target("a host of a thousand labels", _ => $"{string.Join('.', Enumerable.Repeat("a", 1000))}:443"),
        Target("a host with an empty label", _ => "a..example.com:443"),
        Target("an IPv6 address without brackets", _ => "::1:443"),
        Target("an IPv6 address with a zone", s => $"[::1%25lo]:{Asking.Number(s.Destinations.Unlisted.Port)}"),
        Target("a bracket that does not close", _ => "[::1:443"),
        Asking.Refuses(Group, "a target with a line break in it", SuiteMode.Direct, s => $"CONNECT {s.Destinations.Unlisted}\r\nX: y HTTP/1.1\r\n\r\n"),
    ];

    private static SuiteCase Address(string name, string host, int port, int? expected = null) =>
        Asking.Refuses(Group, name, SuiteMode.Direct, _ => Asking.Connect($"{host}:{Asking.Number(port)}"), expected);

    private static SuiteCase Unlisted(string name, string host) => Target(name, s => $"{host}:{Asking.Number(s.Destinations.Unlisted.Port)}");

    private static SuiteCase Target(string name, Func<SuiteSetting, string> target) => Asking.Refuses(Group, name, SuiteMode.Direct, s => Asking.Connect(target(s)));
}
