using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.CloudServices;

/// <summary>A shared access signature as Azure IoT clients make it: <c>SharedAccessSignature sr=HOST%2Fdevices%2FID&amp;sig=…&amp;se=…</c>.</summary>
internal sealed class SasToken
{
    private const string Prefix = "SharedAccessSignature ";
    private const int MaxLength = 2048;

    private readonly string _signed;
    private readonly byte[] _signature;

    private readonly bool _keyIsText;

    private SasToken(string sensor, DateTimeOffset expiresAt, string signed, byte[] signature, bool keyIsText) =>
        (Sensor, ExpiresAt, _signed, _signature, _keyIsText) = (sensor, expiresAt, signed, signature, keyIsText);

    /// <summary>The sensor it speaks for.</summary>
    public string Sensor { get; }

    /// <summary>When it ends.</summary>
    public DateTimeOffset ExpiresAt { get; }

    /// <summary>Reads a token; null when it is not one.</summary>
    /// <param name="text">The token.</param>
    public static SasToken? TryParse(string text)
    {
        if (text.Length > MaxLength || !text.StartsWith(Prefix, StringComparison.Ordinal))
        {
            return null;
        }

        var fields = text[Prefix.Length..].Split('&').Select(f => f.Split('=', 2)).Where(f => f.Length == 2).ToLookup(f => f[0], f => f[1]);
        var (resource, signature, end) = (fields["sr"].FirstOrDefault(), fields["sig"].FirstOrDefault(), fields["se"].FirstOrDefault());
        // Year 9999 is the end of DateTimeOffset.
        if (resource is null || signature is null || !long.TryParse(end, NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds > 253402300799)
        {
            return null;
        }

        var parts = Uri.UnescapeDataString(resource).Split('/');
        var bytes = new byte[64];
        // IoT Hub: HOST/devices/SENSOR; Event Hubs: https://HOST/records/publishers/SENSOR.
        var (sensor, keyIsText) = parts switch
        {
            [_, "devices", var device, ..] => (device, false),
            ["https:", "", _, CloudServicesOptions.Hub, "publishers", var publisher, ..] => (publisher, true),
            _ => (null, false),
        };
        return sensor is not null && Convert.TryFromBase64String(Uri.UnescapeDataString(signature), bytes, out var length)
            ? new SasToken(sensor, DateTimeOffset.FromUnixTimeSeconds(seconds), $"{resource}\n{end}", bytes[..length], keyIsText)
            : null;
    }

    /// <summary>Whether it was signed with this key (HMAC-SHA256).</summary>
    /// <param name="key">The sensor's symmetric key.</param>
    public bool IsSignedWith(byte[] key)
    {
        // Event Hubs signs with the key's text, IoT Hub with what the text encodes.
        var secret = _keyIsText ? Encoding.UTF8.GetBytes(Convert.ToBase64String(key)) : key;
        return CryptographicOperations.FixedTimeEquals(HMACSHA256.HashData(secret, Encoding.UTF8.GetBytes(_signed)), _signature);
    }
}
