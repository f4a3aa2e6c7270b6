using System.Text;

namespace Culvert.Tunnels;

/// <summary>Writes a CONNECT request (RFC 9110, section 9.3.6; RFC 9112, section 3.2.3).</summary>
public static class ConnectRequest
{
    /// <summary>The bytes of one request.</summary>
    /// <param name="destination">Where the tunnel is to lead.</param>
    /// <param name="authorization">The whole value of Proxy-Authorization, or null.</param>
    /// <param name="userAgent">The User-Agent, or null.</param>
    /// <param name="fields">More fields, written as they are; names and values must be free of control characters.</param>
    /// <exception cref="ArgumentException">A field holds a control character.</exception>
    public static byte[] Write(
        HostPort destination, string? authorization, string? userAgent = null, params IEnumerable<KeyValuePair<string, string>> fields)
    {
        ArgumentNullException.ThrowIfNull(fields);
        var text = new StringBuilder($"CONNECT {destination} HTTP/1.1\r\nHost: {destination}\r\n");
        Append(text, "User-Agent", userAgent);
        Append(text, "Proxy-Authorization", authorization);
        foreach (var (name, value) in fields)
        {
            Append(text, name, value);
        }

        return Encoding.Latin1.GetBytes(text.Append("\r\n").ToString());
    }

    /// <summary>The value of Proxy-Authorization for Basic (RFC 7617), with the user name and password in UTF-8.</summary>
    /// <exception cref="ArgumentException">The user name holds a colon.</exception>
    public static string Basic(HopCredentials credentials)
    {
        ArgumentNullException.ThrowIfNull(credentials);
        if (credentials.UserName.Contains(':', StringComparison.Ordinal))
        {
            throw new ArgumentException("Basic cannot carry a colon in a user name (RFC 7617, section 2).", nameof(credentials));
        }

        return "Basic " + Convert.ToBase64String(Encoding.UTF8.GetBytes($"{credentials.UserName}:{credentials.Password}"));
    }

    private static void Append(StringBuilder text, string name, string? value)
    {
        if (value is null)
        {
            return;
        }

        if (value.Any(char.IsControl) || name.Any(c => c is <= ' ' or ':' or > '~'))
        {
            throw new ArgumentException($"The field {name} holds a control character.");
        }

        text.Append(name).Append(": ").Append(value).Append("\r\n");
    }
}
