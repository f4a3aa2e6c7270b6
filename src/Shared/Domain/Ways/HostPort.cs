using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;

namespace Culvert;

/// <summary>One exact host (name, IPv4 or IPv6 address) and TCP port. Never a wildcard.</summary>
/// <remarks>Written <c>host:port</c>, an IPv6 address in brackets (RFC 3986, section 3.2). Names are kept in lower case without a final dot.</remarks>
public readonly record struct HostPort
{
    private const int MaxNameLength = 253;

    /// <summary>Makes one. Throws <see cref="FormatException"/> when host or port is not exact and valid.</summary>
    public HostPort(string host, int port)
    {
        if (!TryNormalize(host, out var normalized))
        {
            throw new FormatException($"'{host}' is not an exact host name or address; wildcards, spaces and empty labels are not allowed.");
        }

        if (port is < 1 or > 65535)
        {
            throw new FormatException($"{port} is not a TCP port; expected 1 to 65535.");
        }

        (Host, Port) = (normalized, port);
    }

    /// <summary>The name in lower case, or the address without brackets.</summary>
    public string Host { get; }

    /// <summary>The TCP port, 1 to 65535.</summary>
    public int Port { get; }

    /// <summary>Whether the host is an address, not a name.</summary>
    public bool IsAddress => IPAddress.TryParse(Host, out _);

    /// <summary>Reads <c>host:port</c> or <c>[v6]:port</c>; the port is required.</summary>
    public static bool TryParse(string? text, out HostPort result)
    {
        result = default;
        if (string.IsNullOrEmpty(text))
        {
            return false;
        }

        var colon = text.LastIndexOf(':');
        if (colon <= 0
            || !int.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port)
            || port is < 1 or > 65535)
        {
            return false;
        }

        var host = text[..colon];
        if (host.StartsWith('[') != host.EndsWith(']') || (host.Contains(':') && !host.StartsWith('[')))
        {
            return false;
        }

        if (!TryNormalize(host, out var normalized))
        {
            return false;
        }

        result = new HostPort(normalized, port);
        return true;
    }

    /// <summary>Reads <c>host:port</c>. Throws <see cref="FormatException"/> when it is not that.</summary>
    public static HostPort Parse(string text) =>
        TryParse(text, out var result) ? result : throw new FormatException($"'{text}' is not host:port with an exact host name or address and a port from 1 to 65535.");

    /// <summary>Whether the text is one exact host name or address (brackets around IPv6 allowed).</summary>
    public static bool IsExactHost(string? host) => TryNormalize(host, out _);

    /// <inheritdoc/>
    public override string ToString() =>
        Host is null ? "" : Host.Contains(':') ? $"[{Host}]:{Port}" : string.Create(CultureInfo.InvariantCulture, $"{Host}:{Port}");

    private static bool TryNormalize(string? host, [NotNullWhen(true)] out string? normalized)
    {
        normalized = null;
        if (string.IsNullOrEmpty(host))
        {
            return false;
        }

        if (host.StartsWith('[') && host.EndsWith(']'))
        {
            host = host[1..^1];
            if (!IPAddress.TryParse(host, out var bracketed) || bracketed.AddressFamily != AddressFamily.InterNetworkV6)
            {
                return false;
            }
        }

        if (host.Contains(':'))
        {
            if (!IPAddress.TryParse(host, out var v6))
            {
                return false;
            }

            normalized = v6.ToString();
            return true;
        }

        var name = host.EndsWith('.') ? host[..^1] : host;
        if (name.Length is 0 or > MaxNameLength)
        {
            return false;
        }

        foreach (var label in name.Split('.'))
        {
            if (label.Length is 0 or > 63 || label.StartsWith('-') || label.EndsWith('-')
                || !label.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_'))
            {
                return false;
            }
        }

        // A last label of digits only is an IPv4 address or nothing: 10.1 and 0x7f.1 are read differently by different
        // programs, so an allow-list must not hold them (WHATWG URL, section 3.5, "ends in a number").
        var last = name[(name.LastIndexOf('.') + 1)..];
        if (last.All(char.IsAsciiDigit) || last.StartsWith("0x", StringComparison.OrdinalIgnoreCase))
        {
            if (name.Split('.').Length != 4 || !IPAddress.TryParse(name, out var v4) || v4.ToString() != name)
            {
                return false;
            }
        }

        normalized = name.ToLowerInvariant();
        return true;
    }
}
