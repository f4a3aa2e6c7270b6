using System.CommandLine;
using System.Net;
using Culvert.Planning;

namespace Culvert.Cli;

/// <summary><c>culvert endpoints</c>: the exact list of cloud endpoints in the forms that firewalls and proxies read, numbered, signed, compared.</summary>
internal static class EndpointsCommand
{
    private const int MaxListBytes = 4 * 1024 * 1024;

    public static Command Create(Output output)
    {
        var site = new Option<string?>("--site") { Description = "The site file.", HelpName = "FILE" };
        var cloud = new Option<string?>("--cloud") { Description = "Which cloud of the site, where it has several with endpoints.", HelpName = "NAME" };
        var format = new Option<EndpointFormat>("--format") { Description = "json, csv, text, squid, nftables, or edl (external dynamic list).", DefaultValueFactory = _ => EndpointFormat.Text };
        var firewall = new Option<string?>("--firewall") { Description = "With --format nftables: the firewall whose planned table has the sets to fill.", HelpName = "NAME" };
        var resolve = new Option<bool>("--resolve") { Description = "Look up the names whose addresses the site file does not write, on this machine." };
        var file = new Option<string?>("--output", "-o") { Description = "Write into this file instead of to the screen.", HelpName = "FILE" };
        var sign = new Option<string?>("--sign") { Description = "Sign the file written with this key (PEM, ECDSA P-256); the signature goes beside it as FILE.sig.", HelpName = "KEY" };
        var previous = new Option<string?>("--previous") { Description = "The JSON list in use: the version counts on from it where the content differs.", HelpName = "FILE" };
        var diff = new Option<string?>("--diff") { Description = "Show what differs from this JSON list; exit status 1 where anything does.", HelpName = "OTHER" };
        var endpoints = new Command("endpoints", "Prints the exact list of cloud endpoints that must be let through.") { site, cloud, format, firewall, resolve, file, sign, previous, diff };
        endpoints.SetAction((parsed, cancellation) => RunAsync(
            new Request(parsed.GetValue(site), parsed.GetValue(cloud), parsed.GetValue(format), parsed.GetValue(firewall), parsed.GetValue(resolve), parsed.GetValue(file), parsed.GetValue(sign), parsed.GetValue(previous), parsed.GetValue(diff)),
            output, cancellation));
        endpoints.Add(RangesCommand.Create(output));
        endpoints.Add(SignatureCommands.CreateVerify(output));
        endpoints.Add(SignatureCommands.CreateKey(output));
        return endpoints;
    }

    private static async Task<int> RunAsync(Request request, Output output, CancellationToken cancellation)
    {
        if (request.Site is null || (request.Sign is not null && request.File is null))
        {
            output.Complain(request.Site is null ? "expected --site FILE." : "--sign needs --output FILE: a signature is of a file.");
            return ExitCode.Usage;
        }

        if (SiteCommand.Read(request.Site, output) is not { } site)
        {
            return ExitCode.BadFile;
        }

        var clouds = site.Clouds.Where(c => c.Endpoints.Count > 0 && (request.Cloud is null || c.Name == request.Cloud)).ToList();
        if (clouds.Count != 1)
        {
            output.Complain(clouds.Count == 0 ? $"{request.Site} has no such cloud with endpoints." : $"several clouds have endpoints; give --cloud {string.Join(" or ", clouds.Select(c => c.Name))}.");
            return ExitCode.Usage;
        }

        var (isRead, earlier) = ReadList(request.Previous, output);
        var (isOtherRead, other) = ReadList(request.Diff, output);
        if (!isRead || !isOtherRead)
        {
            return ExitCode.BadFile;
        }

        var list = EndpointList.Of(clouds[0], earlier ?? other);
        if (other is not null)
        {
            return ShowDifference(list, other, output);
        }

        list = request.Resolve ? list with { Entries = [.. await ResolveAsync(list.Entries, output, cancellation)] } : list;
        var text = EndpointListWriter.Write(list, request.Format, request.Firewall);
        if (request.File is null)
        {
            output.Line(text.TrimEnd('\n'));
            return ExitCode.Fine;
        }

        await File.WriteAllTextAsync(request.File, text, cancellation);
        return request.Sign is null ? ExitCode.Fine : SignatureCommands.Sign(request.File, request.Sign, output);
    }

    private static (bool IsRead, EndpointList? List) ReadList(string? path, Output output)
    {
        if (path is null)
        {
            return (true, null);
        }

        if (BoundedFile.ReadText(path, MaxListBytes, output) is not { } text)
        {
            return (false, null);
        }

        try
        {
            return (true, EndpointList.Parse(text));
        }
        catch (FormatException e)
        {
            output.Complain($"{path}: {e.Message}.");
            return (false, null);
        }
    }

    private static int ShowDifference(EndpointList list, EndpointList other, Output output)
    {
        var changes = list.ChangesSince(other);
        output.Line(changes.Count == 0 ? $"No difference: {list}." : $"From version {other.Version} to version {list.Version} of {list.Cloud}:");
        foreach (var change in changes)
        {
            output.Line($"{(change.IsAdded ? '+' : '-')} {change.Entry}");
        }

        return changes.Count == 0 ? ExitCode.Fine : ExitCode.Found;
    }

    private static async Task<List<EndpointEntry>> ResolveAsync(IReadOnlyList<EndpointEntry> entries, Output output, CancellationToken cancellation)
    {
        var resolved = new List<EndpointEntry>();
        foreach (var entry in entries)
        {
            if (entry.Addresses.Count > 0 || entry.Address.IsAddress)
            {
                resolved.Add(entry);
                continue;
            }

            try
            {
                var addresses = await Dns.GetHostAddressesAsync(entry.Address.Host, cancellation);
                resolved.Add(entry with { Addresses = [.. addresses.OrderBy(a => a.ToString(), StringComparer.Ordinal)] });
            }
            catch (System.Net.Sockets.SocketException e)
            {
                output.Complain($"{entry.Address.Host} is not resolved here: {e.Message}");
                resolved.Add(entry);
            }
        }

        return resolved;
    }

    private sealed record Request(string? Site, string? Cloud, EndpointFormat Format, string? Firewall, bool Resolve, string? File, string? Sign, string? Previous, string? Diff);
}
