using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Http;

namespace Culvert.CloudServices;

/// <summary>Makes and checks service SAS tokens of Blob Storage (version 2020-12-06 and later; one blob or one container).</summary>
internal sealed class BlobSigner(CloudServicesOptions options, TimeProvider clock)
{
    private const string Version = "2021-08-06";
    private const string TimeForm = "yyyy-MM-ddTHH:mm:ssZ";

    /// <summary>A token for one blob, as a query without question mark.</summary>
    /// <param name="container">Container.</param>
    /// <param name="blob">Blob name.</param>
    /// <param name="permissions">Letters in the service's order, as <c>rcw</c>.</param>
    /// <param name="start">Valid from.</param>
    /// <param name="end">Valid until.</param>
    public string Sign(string container, string blob, string permissions, DateTimeOffset start, DateTimeOffset end)
    {
        var fields = new Dictionary<string, string>
        {
            ["sv"] = Version,
            ["st"] = start.ToString(TimeForm, CultureInfo.InvariantCulture),
            ["se"] = end.ToString(TimeForm, CultureInfo.InvariantCulture),
            ["sr"] = "b",
            ["sp"] = permissions,
            ["spr"] = "https",
        };
        fields["sig"] = Convert.ToBase64String(Signature(name => fields.GetValueOrDefault(name, ""), container, blob));
        return string.Join('&', fields.Select(f => $"{f.Key}={Uri.EscapeDataString(f.Value)}"));
    }

    /// <summary>Whether a request's token allows something.</summary>
    /// <param name="query">The request's query.</param>
    /// <param name="container">Container of the path.</param>
    /// <param name="blob">Blob of the path.</param>
    /// <param name="anyOf">Letters of which one must be granted.</param>
    public bool Allows(IQueryCollection query, string container, string blob, string anyOf)
    {
        string Field(string name) => query[name].ToString();
        var now = clock.GetUtcNow();
        if (string.CompareOrdinal(Field("sv"), "2020-12-06") < 0 || Field("sr") is not ("b" or "c")
            || !TryReadTime(Field("se"), out var end) || end <= now
            || (Field("st").Length > 0 && (!TryReadTime(Field("st"), out var start) || start > now))
            || !Field("sp").Intersect(anyOf).Any() || Field("si").Length > 0)
        {
            return false;
        }

        var given = new byte[64];
        return Convert.TryFromBase64String(Field("sig"), given, out var length)
            && CryptographicOperations.FixedTimeEquals(Signature(Field, container, blob), given.AsSpan(0, length));
    }

    // "Create a service SAS", string-to-sign of version 2020-12-06 and later.
    private byte[] Signature(Func<string, string> field, string container, string blob)
    {
        var resource = field("sr") == "c" ? $"/blob/{CloudServicesOptions.Account}/{container}" : $"/blob/{CloudServicesOptions.Account}/{container}/{blob}";
        var text = string.Join(
            '\n',
            field("sp"), field("st"), field("se"), resource, field("si"), field("sip"), field("spr"), field("sv"), field("sr"), "", field("ses"),
            field("rscc"), field("rscd"), field("rsce"), field("rscl"), field("rsct"));
        return HMACSHA256.HashData(options.BlobKey, Encoding.UTF8.GetBytes(text));
    }

    private static bool TryReadTime(string text, out DateTimeOffset time) =>
        DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out time);
}
