using System.CommandLine;
using System.Globalization;
using Culvert.Planning;

namespace Culvert.Cli;

/// <summary><c>culvert endpoints ranges FILE</c>: the address ranges of Azure's services, from the weekly file of service tags.</summary>
internal static class RangesCommand
{
    // The public cloud's file has about 5 MB.
    private const int MaxFileBytes = 64 * 1024 * 1024;

    public static Command Create(Output output)
    {
        var file = new Argument<string>("FILE") { Description = "The weekly file of service tags, ServiceTags_Public_*.json." };
        var region = new Option<string?>("--region") { Description = "Only the ranges of one region, such as westeurope.", HelpName = "REGION" };
        var tag = new Option<string[]>("--tag") { Description = $"The services: {string.Join(", ", ServiceTagFile.OfSensors)} when none is given.", AllowMultipleArgumentsPerToken = true };
        var format = new Option<EndpointFormat>("--format") { Description = "text, csv, nftables or edl.", DefaultValueFactory = _ => EndpointFormat.Text };
        var diff = new Option<string?>("--diff") { Description = "Last week's file: show what was added and removed; exit status 1 where anything was.", HelpName = "FILE" };
        var ranges = new Command("ranges", "For firewalls that know only addresses: derives the ranges of Azure's services from the weekly file of service tags.") { file, region, tag, format, diff };
        ranges.SetAction(parsed => Run(parsed.GetRequiredValue(file), parsed.GetValue(region), parsed.GetValue(tag) is { Length: > 0 } tags ? tags : [.. ServiceTagFile.OfSensors], parsed.GetValue(format), parsed.GetValue(diff), output));
        return ranges;
    }

    private static int Run(string path, string? region, string[] tags, EndpointFormat format, string? lastWeek, Output output)
    {
        if (Read(path, output) is not { } now)
        {
            return ExitCode.BadFile;
        }

        var missing = tags.Where(t => now.RangesOf(t, region).Count == 0).ToList();
        if (missing.Count > 0)
        {
            output.Complain($"{path} has no ranges for {string.Join(", ", missing)}{(region is null ? "" : $" in {region}")}.");
            return ExitCode.Usage;
        }

        if (lastWeek is null)
        {
            if (format is EndpointFormat.Json or EndpointFormat.Squid)
            {
                output.Complain("--format: expected text, csv, nftables or edl for ranges.");
                return ExitCode.Usage;
            }

            output.Line(AddressRangeWriter.Write(now, tags, region, format).TrimEnd('\n'));
            return ExitCode.Fine;
        }

        return Read(lastWeek, output) is { } before ? ShowDifference(before, now, tags, region, output) : ExitCode.BadFile;
    }

    private static int ShowDifference(ServiceTagFile before, ServiceTagFile now, string[] tags, string? region, Output output)
    {
        output.Line(string.Create(CultureInfo.InvariantCulture, $"From change {before.ChangeNumber} to change {now.ChangeNumber}:"));
        var count = 0;
        foreach (var tag in tags)
        {
            var (added, removed) = AddressRanges.Difference(before.RangesOf(tag, region), now.RangesOf(tag, region));
            count += added.Count + removed.Count;
            foreach (var (sign, range) in removed.Select(r => ('-', r)).Concat(added.Select(r => ('+', r))))
            {
                output.Line($"{sign} {tag} {range}");
            }
        }

        output.Line(count == 0 ? "No difference." : "Ranges that were added are used a week after they were published, at the earliest: open them now, and close the removed ones afterwards.");
        return count == 0 ? ExitCode.Fine : ExitCode.Found;
    }

    private static ServiceTagFile? Read(string path, Output output)
    {
        if (BoundedFile.Read(path, MaxFileBytes, output) is not { } bytes)
        {
            return null;
        }

        try
        {
            using var stream = new MemoryStream(bytes);
            return ServiceTagFile.Parse(stream);
        }
        catch (FormatException e)
        {
            output.Complain($"{path}: {e.Message}.");
            return null;
        }
    }
}
