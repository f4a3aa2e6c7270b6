using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.Json;

namespace Culvert.Configuration;

/// <summary>The kinds of scalar settings.</summary>
public static class Setting
{
    /// <summary>Text of 1 to 1024 characters without control characters.</summary>
    public static SettingKind<string> Text { get; } = TextUpTo(1024);

    /// <summary><c>true</c> or <c>false</c>; the many other spellings of YAML 1.1 are mistakes.</summary>
    public static SettingKind<bool> Flag { get; } = new("true or false", TryFlag);

    /// <summary>One exact host and port, <c>host:port</c> or <c>[v6]:port</c>.</summary>
    public static SettingKind<HostPort> HostPort { get; } = new("one exact host and port, such as proxy.example.com:3128", TryHostPort);

    /// <summary>One exact host name or address, in lower case, without brackets.</summary>
    public static SettingKind<string> Host { get; } = new("one exact host name or address", TryHost);

    /// <summary>An address to listen on and a port; the host <c>*</c> means all addresses and port 0 any free port. Gives an <see cref="IPEndPoint"/>.</summary>
    public static SettingKind<IPEndPoint> Listen { get; } =
        new("an address and port to listen on, such as 127.0.0.1:3128, [::]:3128 or *:3128 (all addresses)", TryListen);

    /// <summary>A TCP port, 1 to 65535.</summary>
    public static SettingKind<int> Port { get; } = Number(1, 65535, "a TCP port from 1 to 65535");

    /// <summary>An IPv4 or IPv6 address.</summary>
    public static SettingKind<IPAddress> Address { get; } = new("an IPv4 or IPv6 address", TryAddress);

    /// <summary>A network such as <c>10.1.2.0/24</c>, or a single address.</summary>
    public static SettingKind<IPNetwork> Network { get; } = new("a network such as 10.1.2.0/24 or 2001:db8::/64, or one address", TryNetwork);

    /// <summary>A Purdue level.</summary>
    public static SettingKind<PurdueLevel> Level { get; } = new(
        "a Purdue level: 0, 1, 2, 3, 3.5, 4 or 5",
        (string text, string _, out PurdueLevel value, out string? found) =>
        {
            found = null;
            return PurdueLevel.TryParse(text, out value);
        });

    /// <summary>A file's path; a relative one starts from the folder of the settings file. Gives the full path; the file need not exist.</summary>
    public static SettingKind<string> FilePath { get; } = new("a file's path", TryPath);

    /// <summary>An SPKI pin: the base64 of a SHA-256 hash (RFC 7469, section 2.4).</summary>
    public static SettingKind<string> Pin { get; } = new(
        "an SPKI pin, the base64 of a SHA-256 hash",
        (string text, string _, [MaybeNullWhen(false)] out string value, out string? found) =>
        {
            (value, found) = (text, null);
            return Convert.TryFromBase64String(text, new byte[64], out var length) && length == 32;
        });

    /// <summary>A sensor's name.</summary>
    public static SettingKind<SensorId> Sensor { get; } = new(
        $"a sensor's name: 1 to {SensorId.MaxLength} letters, digits, '-', '.' or '_', starting with a letter or digit",
        (string text, string _, out SensorId value, out string? found) =>
        {
            found = null;
            value = SensorId.IsValid(text) ? new SensorId(text) : default;
            return value.Value is not null;
        });

    /// <summary>A short name: 1 to 63 letters, digits, <c>-</c>, <c>.</c> or <c>_</c>, starting with a letter or digit.</summary>
    public static SettingKind<string> Name { get; } = new(
        "a name of 1 to 63 letters, digits, '-', '.' or '_', starting with a letter or digit",
        (string text, string _, [MaybeNullWhen(false)] out string value, out string? found) =>
        {
            (value, found) = (text, null);
            return text.Length <= 63 && SensorId.IsValid(text);
        });

    /// <summary>Text of at most so many characters, none of them a control character.</summary>
    public static SettingKind<string> TextUpTo(int maxLength) => new(
        string.Create(CultureInfo.InvariantCulture, $"text of 1 to {maxLength} characters"),
        (string text, string _, [MaybeNullWhen(false)] out string value, out string? found) =>
        {
            value = text;
            found = text.Length > maxLength ? string.Create(CultureInfo.InvariantCulture, $"{text.Length} characters")
                : text.Any(char.IsControl) ? $"{Quote.Of(text)}, with control characters" : null;
            return text.Length > 0 && found is null;
        });

    /// <summary>A whole number in a range, both ends included.</summary>
    public static SettingKind<int> Number(int min, int max) =>
        Number(min, max, string.Create(CultureInfo.InvariantCulture, $"a whole number from {min} to {max}"));

    /// <summary>A time span such as <c>500ms</c>, <c>30s</c>, <c>5m</c>, <c>2h</c>, <c>14d</c> in a range, both ends included.</summary>
    public static SettingKind<TimeSpan> Duration(TimeSpan min, TimeSpan max) => new(
        $"a time from {Quantities.Show(min)} to {Quantities.Show(max)}, written as 500ms, 30s, 5m, 2h or 14d",
        (string text, string _, out TimeSpan value, out string? found) =>
        {
            found = null;
            return Quantities.TryDuration(text, out value) && value >= min && value <= max;
        });

    /// <summary>A size in bytes such as <c>64KiB</c>, <c>512MiB</c>, <c>10GiB</c> in a range, both ends included.</summary>
    public static SettingKind<long> Size(long min, long max) => new(
        $"a size from {Quantities.Show(min)} to {Quantities.Show(max)}, written as 4096, 64KiB, 512MiB or 10GiB",
        (string text, string _, out long value, out string? found) =>
        {
            found = null;
            return Quantities.TrySize(text, out value) && value >= min && value <= max;
        });

    /// <summary>One of an enum's words in camelCase, such as <c>cloudProxy</c>.</summary>
    public static SettingKind<T> Word<T>()
        where T : struct, Enum
    {
        var words = Enum.GetValues<T>().ToDictionary(v => JsonNamingPolicy.CamelCase.ConvertName(v.ToString()), v => v, StringComparer.Ordinal);
        return new SettingKind<T>($"one of {string.Join(", ", words.Keys)}", (string text, string _, out T value, out string? found) =>
        {
            found = Suggestion.For(text, words.Keys) is { } near ? $"{Quote.Of(text)} (did you mean '{near}'?)" : null;
            return words.TryGetValue(text, out value);
        });
    }

    private static SettingKind<int> Number(int min, int max, string expected) => new(
        expected,
        (string text, string _, out int value, out string? found) =>
        {
            found = null;
            return int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out value) && value >= min && value <= max;
        });

    private static bool TryFlag(string text, string folder, out bool value, out string? found)
    {
        found = null;
        value = text == "true";
        return text is "true" or "false";
    }

    private static bool TryHostPort(string text, string folder, out HostPort value, out string? found)
    {
        found = Wildcard(text) ?? (text.Contains("://", StringComparison.Ordinal) ? $"{Quote.Of(text)}, which is a URL" : null);
        return Culvert.HostPort.TryParse(text, out value);
    }

    private static bool TryHost(string text, string folder, [MaybeNullWhen(false)] out string value, out string? found)
    {
        found = Wildcard(text);
        value = Culvert.HostPort.IsExactHost(text) ? new HostPort(text, 1).Host : null;
        return value is not null;
    }

    private static string? Wildcard(string text) =>
        text.Contains('*') || text.StartsWith('.') ? $"{Quote.Of(text)}, which is a wildcard" : null;

    private static bool TryListen(string text, string folder, [MaybeNullWhen(false)] out IPEndPoint value, out string? found)
    {
        (value, found) = (null, null);
        var colon = text.LastIndexOf(':');
        if (colon <= 0 || !ushort.TryParse(text.AsSpan(colon + 1), NumberStyles.None, CultureInfo.InvariantCulture, out var port))
        {
            return false;
        }

        var host = text[..colon];
        if (host == "*")
        {
            value = new IPEndPoint(IPAddress.IPv6Any, port);
            return true;
        }

        if (host.Contains(':') != host.StartsWith('[') || !TryAddress(host.Trim('[', ']'), folder, out var address, out _))
        {
            return false;
        }

        value = new IPEndPoint(address, port);
        return true;
    }

    private static bool TryAddress(string text, string folder, [MaybeNullWhen(false)] out IPAddress value, out string? found)
    {
        found = null;

        // 10.1 and 010.1.2.3 mean different addresses to different programs: only the full canonical form is taken.
        return IPAddress.TryParse(text, out value) && (value.AddressFamily == AddressFamily.InterNetworkV6 || value.ToString() == text);
    }

    private static bool TryNetwork(string text, string folder, out IPNetwork value, out string? found)
    {
        (value, found) = (default, null);
        var slash = text.IndexOf('/', StringComparison.Ordinal);
        if (!TryAddress(slash < 0 ? text : text[..slash], folder, out var address, out _))
        {
            return false;
        }

        var bits = address.GetAddressBytes().Length * 8;
        var length = bits;
        if (slash >= 0
            && (!int.TryParse(text.AsSpan(slash + 1), NumberStyles.None, CultureInfo.InvariantCulture, out length) || length > bits))
        {
            return false;
        }

        var start = Networks.Start(address, length);
        if (!start.Equals(address))
        {
            found = $"{Quote.Of(text)}, where the address has bits beyond /{length} (did you mean '{start}/{length}'?)";
            return false;
        }

        value = new IPNetwork(start, length);
        return true;
    }

    private static bool TryPath(string text, string folder, [MaybeNullWhen(false)] out string value, out string? found)
    {
        found = null;
        value = text.Length is > 0 and <= 4096 && !text.Any(char.IsControl) ? Path.GetFullPath(text, folder) : null;
        return value is not null;
    }
}
