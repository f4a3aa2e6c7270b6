using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Culvert.Uplink;

/// <summary>A shared access key of Azure, and the tokens made of it (Microsoft Learn, "Control access to IoT Hub with shared access signatures").</summary>
/// <param name="Key">The key, base64 for IoT Hub, plain text for Event Hubs. Never printed.</param>
/// <param name="PolicyName">Name of the policy; null for a device's own key.</param>
public sealed record SharedAccess(string Key, string? PolicyName)
{
    private static readonly TimeSpan Validity = TimeSpan.FromHours(1);

    /// <summary>A token for a device of an IoT Hub.</summary>
    public string ForHub(string host, SensorId sensor, DateTimeOffset now) => Make($"{host}/devices/{sensor}", Convert.FromBase64String(Key), now);

    /// <summary>A token for an Event Hubs resource.</summary>
    public string ForEventHub(string resource, DateTimeOffset now) => Make(resource, Encoding.UTF8.GetBytes(Key), now);

    /// <inheritdoc/>
    public override string ToString() => $"{PolicyName ?? "device key"}:***";

    /// <summary>Whether the key is of the form that an IoT Hub gives out: base64 of 16 to 64 bytes.</summary>
    public static bool IsHubKey(string key)
    {
        var bytes = new byte[96];
        return Convert.TryFromBase64String(key, bytes, out var length) && length is >= 16 and <= 64;
    }

    private string Make(string resource, byte[] key, DateTimeOffset now)
    {
        var encoded = Uri.EscapeDataString(resource);
        var end = (now + Validity).ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        var signature = Convert.ToBase64String(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes($"{encoded}\n{end}")));
        var token = $"SharedAccessSignature sr={encoded}&sig={Uri.EscapeDataString(signature)}&se={end}";
        return PolicyName is null ? token : $"{token}&skn={Uri.EscapeDataString(PolicyName)}";
    }
}
