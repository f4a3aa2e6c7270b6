using System.CommandLine;
using Culvert.Lab;

namespace Culvert.Cli;

/// <summary><c>culvert lab scale</c>, <c>autoscale</c> and <c>load</c>: proxy pools that grow and shrink while they run.</summary>
internal static class LabScaleCommand
{
    /// <summary>The size of a pool by hand.</summary>
    public static Command Scale(LabControl control, Output output)
    {
        var (name, pool) = (LabCommand.Name(), Pool());
        var count = new Argument<int>("COUNT") { Description = "How many members it shall have." };
        var without = new Option<string?>("--without") { Description = "Which member leaves first; the newest by default.", HelpName = "MEMBER" };
        var command = new Command("scale", "Makes a proxy pool larger or smaller while it runs; what leaves is drained first.") { pool, count, without, name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () => await LabCommand.AskAsync(
            control, parsed.GetValue(name), "scale", new() { ["pool"] = parsed.GetRequiredValue(pool), ["count"] = parsed.GetValue(count), ["without"] = parsed.GetValue(without) }, output, cancellation)));
        return command;
    }

    /// <summary>The size of a pool by its own load.</summary>
    public static Command Autoscale(LabControl control, Output output)
    {
        var (name, pool) = (LabCommand.Name(), Pool());
        var tunnels = new Option<int>("--tunnels") { Description = "How many open tunnels one member shall have on the average.", HelpName = "N", DefaultValueFactory = _ => 50 };
        var calm = new Option<double>("--calm") { Description = "How many seconds fewer members must have been enough before one leaves.", HelpName = "SECONDS", DefaultValueFactory = _ => 30 };
        var off = new Option<bool>("--off") { Description = "Let it no longer scale itself." };
        tunnels.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() < 1)
            {
                r.AddError("--tunnels: expected 1 or more.");
            }
        });
        var command = new Command("autoscale", "Lets a proxy pool scale itself by what its members say in /metrics.") { pool, tunnels, calm, off, name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () => await LabCommand.AskAsync(
            control, parsed.GetValue(name), "autoscale",
            new() { ["pool"] = parsed.GetRequiredValue(pool), ["tunnels"] = parsed.GetValue(off) ? null : parsed.GetValue(tunnels), ["calm"] = parsed.GetValue(calm) }, output, cancellation)));
        return command;
    }

    /// <summary>Load for a pool.</summary>
    public static Command Load(LabControl control, Output output)
    {
        const int most = 5000;
        var (name, pool) = (LabCommand.Name(), Pool());
        var tunnels = new Argument<int>("TUNNELS") { Description = "How many; 0 ends them." };
        tunnels.Validators.Add(r =>
        {
            if (r.GetValueOrDefault<int>() is < 0 or > most)
            {
                r.AddError($"TUNNELS: expected 0 to {most}.");
            }
        });
        var command = new Command("load", "Holds tunnels open through a proxy pool, from the host of a sensor that uses it.") { pool, tunnels, name };
        command.SetAction((parsed, cancellation) => LabCommand.TryAsync(output, async () => await LabCommand.AskAsync(
            control, parsed.GetValue(name), "load", new() { ["pool"] = parsed.GetRequiredValue(pool), ["tunnels"] = parsed.GetValue(tunnels) }, output, cancellation)));
        return command;
    }

    private static Argument<string> Pool() => new("POOL") { Description = "The proxy pool." };
}
