using System.Globalization;
using System.Net;
using System.Text.RegularExpressions;

namespace Culvert.Planning;

/// <summary>An access control list of Squid: a name, a type, values of which one must match.</summary>
internal sealed class SquidAcl(string name, string type, int line)
{
    private static readonly TimeSpan RegexLimit = TimeSpan.FromMilliseconds(100);
    private readonly List<(string Value, int Line)> _values = [];
    private bool _hasFile;

    /// <summary>Those that Squid defines by itself.</summary>
    public static IEnumerable<SquidAcl> BuiltIn =>
    [
        Make("all", "src", "all"), Make("localhost", "src", "127.0.0.1/32", "::1"), Make("to_localhost", "dst", "127.0.0.0/8", "0.0.0.0/32", "::1"),
        Make("CONNECT", "method", "CONNECT"), Make("manager", "url_regex", "^cache_object://"),
    ];

    public string Name => name;

    public string Type => type;

    public int Line => line;

    public bool IsBuiltIn { get; private init; }

    public IReadOnlyList<(string Value, int Line)> Values => _values;

    public void Add(IEnumerable<string> values, int at)
    {
        foreach (var value in values.SkipWhile(v => v is "-i" or "-n" or "-m" or "--" or "+i"))
        {
            // Values in a file of their own are not seen from here.
            if (value.StartsWith('"') || value.StartsWith("parameters(", StringComparison.Ordinal))
            {
                _hasFile = true;
            }
            else
            {
                _values.Add((value, at));
            }
        }
    }

    public SquidMatch Match(SquidRequest request)
    {
        var result = type switch
        {
            "src" => Any(v => Contains(v, request.Source)),
            "dst" => IPAddress.TryParse(request.Host, out var address) ? Any(v => Contains(v, address)) : AnyDestination(),
            "dstdomain" => Any(v => Yes(IsDomain(v, request.Host))),
            "dstdom_regex" => Any(v => IsMatch(v, request.Host)),
            "port" => Any(v => Yes(IsPort(v, request.Port))),
            "method" => Any(v => Yes(v == request.Method)),
            "proxy_auth" or "proxy_auth_regex" or "ident" => request.HasCredentials ? SquidMatch.Yes : SquidMatch.No,
            "url_regex" => Any(v => IsMatch(v, request.Method == "CONNECT"
                ? string.Create(CultureInfo.InvariantCulture, $"{request.Host}:{request.Port}")
                : string.Create(CultureInfo.InvariantCulture, $"http://{request.Host}:{request.Port}/"))),
            _ => SquidMatch.Maybe,
        };
        return result == SquidMatch.No && _hasFile ? SquidMatch.Maybe : result;
    }

    private static SquidAcl Make(string name, string type, params string[] values)
    {
        var acl = new SquidAcl(name, type, 0) { IsBuiltIn = true };
        acl.Add(values, 0);
        return acl;
    }

    private static SquidMatch Yes(bool holds) => holds ? SquidMatch.Yes : SquidMatch.No;

    private SquidMatch Any(Func<string, SquidMatch> matches) => _values.Count == 0 ? SquidMatch.No : _values.Max(v => matches(v.Value));

    // The address of a name is not known here; "all" matches any.
    private SquidMatch AnyDestination() => _values.Exists(v => v.Value is "all" or "0.0.0.0/0") ? SquidMatch.Yes : SquidMatch.Maybe;

    private static SquidMatch Contains(string value, IPAddress address)
    {
        if (value == "all")
        {
            return SquidMatch.Yes;
        }

        if (value.IndexOf('-', StringComparison.Ordinal) is var dash and > 0 && IPAddress.TryParse(value[..dash], out var from) && IPAddress.TryParse(value[(dash + 1)..].Split('/')[0], out var to))
        {
            return Yes(Compare(from, address) <= 0 && Compare(address, to) <= 0);
        }

        return TryNetwork(value, out var network) ? Yes(network.Contains(address)) : SquidMatch.Maybe;
    }

    /// <summary>Reads an address, a network with prefix length, or a network with mask; bits beyond the prefix do not matter to Squid.</summary>
    public static bool TryNetwork(string value, out IPNetwork network)
    {
        network = default;
        var slash = value.IndexOf('/', StringComparison.Ordinal);
        if (!IPAddress.TryParse(slash < 0 ? value : value[..slash], out var address))
        {
            return false;
        }

        var bytes = address.GetAddressBytes();
        var length = bytes.Length * 8;
        if (slash >= 0)
        {
            var rest = value[(slash + 1)..];
            if (IPAddress.TryParse(rest, out var mask) && rest.Contains('.'))
            {
                length = mask.GetAddressBytes().Sum(b => int.PopCount(b));
            }
            else if (!int.TryParse(rest, NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bytes.Length * 8)
            {
                return false;
            }
        }

        for (var i = 0; i < bytes.Length; i++)
        {
            var kept = Math.Clamp(length - (i * 8), 0, 8);
            bytes[i] &= (byte)(0xff << (8 - kept));
        }

        network = new IPNetwork(new IPAddress(bytes), length);
        return true;
    }

    private static int Compare(IPAddress left, IPAddress right) => left.AddressFamily != right.AddressFamily ? -1 : left.GetAddressBytes().AsSpan().SequenceCompareTo(right.GetAddressBytes());

    private static bool IsDomain(string value, string host) => value.StartsWith('.')
        ? host.EndsWith(value, StringComparison.OrdinalIgnoreCase) || host.Equals(value[1..], StringComparison.OrdinalIgnoreCase)
        : host.Equals(value, StringComparison.OrdinalIgnoreCase);

    private static bool IsPort(string value, int port)
    {
        var dash = value.IndexOf('-', StringComparison.Ordinal);
        return int.TryParse(dash < 0 ? value : value[..dash], NumberStyles.None, CultureInfo.InvariantCulture, out var from)
            && int.TryParse(dash < 0 ? value : value[(dash + 1)..], NumberStyles.None, CultureInfo.InvariantCulture, out var to) && from <= port && port <= to;
    }

    private static SquidMatch IsMatch(string pattern, string text)
    {
        try
        {
            return Yes(Regex.IsMatch(text, pattern, RegexOptions.NonBacktracking | RegexOptions.IgnoreCase, RegexLimit));
        }
        catch (Exception e) when (e is ArgumentException or NotSupportedException or RegexMatchTimeoutException)
        {
            return SquidMatch.Maybe;
        }
    }
}
