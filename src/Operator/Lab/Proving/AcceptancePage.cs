using System.Globalization;
using System.Net;
using System.Text;

namespace Culvert.Lab;

/// <summary>The acceptance report as one page: no script, nothing from elsewhere.</summary>
internal static class AcceptancePage
{
    private const string Style =
        """
        body { font: 15px/1.45 system-ui, sans-serif; color: #1c2733; max-width: 72rem; margin: 2rem auto; padding: 0 1rem; }
        h1 { margin-bottom: .2rem } h2 { margin-top: 2.2rem; border-bottom: 1px solid #d5dde5; padding-bottom: .2rem }
        .verdict { display: inline-block; padding: .35rem .9rem; border-radius: .4rem; font-weight: 600; color: #fff }
        .passed { background: #1a7f4b } .failed { background: #b3261e }
        table { border-collapse: collapse; width: 100% } th, td { text-align: left; padding: .35rem .6rem; border-bottom: 1px solid #e6ebf0; vertical-align: top }
        th { background: #f3f6f9 } td.n { text-align: right; white-space: nowrap } .never { background: #fff6e0 } .bad { background: #fdecea }
        .zone { border: 1px solid #b9c6d3; border-radius: .5rem; padding: .5rem .8rem; margin: 0 0 .1rem } .zone b { display: inline-block; min-width: 14rem }
        .host { display: inline-block; background: #eaf1f8; border-radius: .3rem; padding: .1rem .5rem; margin: .12rem .25rem .12rem 0 }
        @media print { body { font-size: 11px; margin: 0; max-width: none } h2 { margin-top: 1.2rem; break-after: avoid } tr, .zone { break-inside: avoid } thead, .verdict, .host, th, .bad, .never { print-color-adjust: exact; -webkit-print-color-adjust: exact } }
        @page { size: A4; margin: 14mm }
        code { font-size: 12px; word-break: break-all } .detail { color: #51606f; font-size: 13px }
        """;

    public static string Write(Acceptance report, string sha256, string fingerprint)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>Acceptance of {Html(report.DisplayName)}</title><style>{Style}</style></head><body>\n");
        text.Append(CultureInfo.InvariantCulture, $"<h1>{Html(report.DisplayName)}</h1><p>Acceptance test in the lab, {report.At:yyyy-MM-dd HH:mm} UTC. Connection method: <b>{Html(report.Method)}</b>.</p>\n");
        var passed = report.Checks.Count(c => c.Passed);
        text.Append(CultureInfo.InvariantCulture, $"<p><span class=\"verdict {(report.Passed ? "passed" : "failed")}\">{(report.Passed ? "passed" : "not passed")}</span> {passed} of {report.Checks.Count} checks; {report.Rules.Count} firewall rules needed, {report.Rules.Count(r => r.Packets > 0)} used, {report.Rules.Count(r => r.Packets == 0)} never used.</p>\n");

        text.Append("<h2>Map</h2>\n");
        foreach (var zone in report.Map)
        {
            text.Append(CultureInfo.InvariantCulture, $"<div class=\"zone\"><b>{Html(zone.Name)}{(zone.Name == zone.Level ? "" : $" · {Html(zone.Level)}")}</b> {string.Concat(zone.Hosts.Select(h => $"<span class=\"host\">{Html(h)}</span>"))}</div>\n");
        }

        if (report.Ways.Count > 0)
        {
            text.Append(CultureInfo.InvariantCulture, $"<h3>Ways, method {Html(report.Method)}</h3>\n<ul>{string.Concat(report.Ways.Select(w => $"<li>{Html(w)}</li>"))}</ul>\n");
        }

        text.Append("<h2>Checks</h2>\n<table><tr><th>area</th><th>claim</th><th>holds</th><th>seconds</th></tr>\n");
        foreach (var check in report.Checks)
        {
            text.Append(CultureInfo.InvariantCulture, $"<tr{(check.Passed ? "" : " class=\"bad\"")}><td>{Html(check.Area)}</td><td>{Html(check.Name)}<div class=\"detail\">{Html(check.Detail)}</div></td><td>{(check.Passed ? "yes" : "<b>no</b>")}</td><td class=\"n\">{check.Seconds?.ToString("0.00", CultureInfo.InvariantCulture)}</td></tr>\n");
        }

        text.Append("</table>\n<h2>Firewall rules</h2>\n<p>Every planned rule, and how many connections the sensors' own traffic opened through it. A rule that was never used may be one that only the standby needs, or one too many.</p>\n");
        text.Append("<table><tr><th>firewall</th><th>no.</th><th>from</th><th>to</th><th>port</th><th>why</th><th>lets its packets pass</th><th>used</th></tr>\n");
        foreach (var rule in report.Rules)
        {
            text.Append(CultureInfo.InvariantCulture, $"<tr{(rule.Packets == 0 ? " class=\"never\"" : "")}><td>{Html(rule.Firewall)}</td><td class=\"n\">{rule.Number}</td><td>{Html(rule.From)}</td><td>{Html(rule.To)}</td><td>{Html(rule.Port)}</td><td>{Html(rule.Reason)}</td><td>{rule.Passes switch { true => "yes", false => "<b>no</b>", _ => "not tried" }}</td><td class=\"n\">{(rule.Packets == 0 ? "never" : rule.Packets.ToString(CultureInfo.InvariantCulture))}</td></tr>\n");
        }

        text.Append("</table>\n<h2>How it was played</h2>\n<ul>\n");
        foreach (var note in report.Notes)
        {
            text.Append(CultureInfo.InvariantCulture, $"<li>{Html(note)}</li>\n");
        }

        text.Append(CultureInfo.InvariantCulture, $"</ul>\n<h2>Signature</h2>\n<p>acceptance.json beside this page has SHA-256<br><code>{sha256}</code><br>and is signed (ECDSA P-256, SHA-256) by the key with fingerprint<br><code>{fingerprint}</code><br>Site file: SHA-256 <code>{report.SiteFileSha256}</code></p>\n<p>Check it: <code>culvert lab verify FOLDER</code>, or <code>base64 -d acceptance.json.sig &gt; sig &amp;&amp; openssl dgst -sha256 -verify acceptance.pem -signature sig acceptance.json</code>.</p>\n</body></html>\n");
        return text.ToString();
    }

    private static string Html(string text) => WebUtility.HtmlEncode(text);
}
