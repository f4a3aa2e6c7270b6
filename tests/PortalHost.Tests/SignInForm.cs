using System.Net;
using System.Text.RegularExpressions;

namespace Culvert.PortalHost.Tests;

/// <summary>The sign-in page's own form, filled in and sent as a browser does.</summary>
internal static partial class SignInForm
{
    public static async Task<HttpResponseMessage> PostAsync(HttpClient client, string name, string password, string? returnUrl = null, string? code = null)
    {
        var address = new Uri($"/sign-in?first={(code is null ? "false" : "true")}{(returnUrl is null ? "" : $"&ReturnUrl={Uri.EscapeDataString(returnUrl)}")}", UriKind.Relative);
        var page = await client.GetStringAsync(address, TestContext.Current.CancellationToken);
        var fields = HiddenField.Matches(page).ToDictionary(m => m.Groups["name"].Value, m => WebUtility.HtmlDecode(m.Groups["value"].Value));
        (fields["Input.Name"], fields["Input.Password"]) = (name, password);
        if (code is not null)
        {
            fields["Input.Code"] = code;
        }

        using var form = new FormUrlEncodedContent(fields);
        return await client.PostAsync(address, form, TestContext.Current.CancellationToken);
    }

    [GeneratedRegex("name=\"(?<name>[^\"]+)\" value=\"(?<value>[^\"]*)\"")]
    private static partial Regex HiddenField { get; }
}
