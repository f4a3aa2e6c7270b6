using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Culvert.Lab;

/// <summary>Brings labs up and down and asks their keepers: what a command line, or a test, does from outside.</summary>
/// <param name="labs">The folder of labs; see <see cref="LabFolder.DefaultLabs"/>.</param>
/// <param name="keeper">The command that runs <see cref="Keeper.RunAsync"/>, without the lab's folder, which is added.</param>
/// <param name="clock">The time.</param>
public sealed class LabControl(string labs, IReadOnlyList<string> keeper, TimeProvider clock)
{
    private static readonly TimeSpan StartLimit = TimeSpan.FromSeconds(30);

    /// <summary>Brings a lab up. What an earlier one of the same name left behind is cleaned first. Throws <see cref="LabException"/> when it cannot, and leaves nothing then.</summary>
    public async Task UpAsync(LabOptions options, string siteFile, Action<string> line, CancellationToken cancellationToken)
    {
        ArgumentNullException.ThrowIfNull(options);
        ArgumentNullException.ThrowIfNull(line);
        var folder = new LabFolder(labs, options.Name);
        using var held = Hold(folder);
        foreach (var cleaned in await CleanAsync(cancellationToken))
        {
            line($"cleaned what lab {cleaned} had left behind");
        }

        if (folder.Exists)
        {
            throw new LabException($"Lab {folder.Name} runs already. Take it down first (culvert lab down {folder.Name}), or give this one another name with --name.");
        }

        folder.Create(options, siteFile);
        try
        {
            using var holder = Holder.Start(folder, [.. keeper, folder.Root]);
            await WaitAsync(folder, holder, cancellationToken);
            var reply = await KeeperClient.AskAsync(folder, new KeeperRequest("up"), line, cancellationToken);
            if (reply.Status != 0)
            {
                throw new LabException(reply.Line ?? "The lab could not be built.");
            }
        }
        catch
        {
            await Holder.EndAsync(folder, clock, CancellationToken.None);
            var log = File.Exists(folder.Log) ? await File.ReadAllTextAsync(folder.Log, CancellationToken.None) : "";
            if (log.Trim() is { Length: > 0 } said)
            {
                line($"the keeper said: {said[Math.Max(0, said.Length - 2000)..]}");
            }

            folder.Remove();
            throw;
        }
    }

    /// <summary>Takes a lab down and removes all that it had. Gives whether there was one.</summary>
    public async Task<bool> DownAsync(string name, CancellationToken cancellationToken)
    {
        var folder = new LabFolder(labs, name);
        if (!folder.Exists)
        {
            return false;
        }

        using var held = Hold(folder);
        await Holder.EndAsync(folder, clock, cancellationToken);
        folder.Remove();
        return true;
    }

    /// <summary>Removes what labs left behind whose holder is gone; gives their names.</summary>
    public async Task<IReadOnlyList<string>> CleanAsync(CancellationToken cancellationToken)
    {
        var cleaned = new List<string>();
        foreach (var folder in LabFolder.All(labs).Where(f => !Holder.Lives(f)))
        {
            // One that is being built now has its holder in a moment.
            if (Directory.GetLastWriteTimeUtc(folder.Root) > clock.GetUtcNow().UtcDateTime - StartLimit && !File.Exists(folder.HolderFile))
            {
                continue;
            }

            await Holder.EndAsync(folder, clock, cancellationToken);
            folder.Remove();
            cleaned.Add(folder.Name);
        }

        return cleaned;
    }

    /// <summary>The lab of this name, or the only one. Throws <see cref="LabException"/> when there is none, or several and no name.</summary>
    public LabFolder Find(string? name)
    {
        var all = LabFolder.All(labs).Where(Holder.Lives).ToList();
        return name is not null
            ? all.FirstOrDefault(f => f.Name == name) ?? throw new LabException($"No lab {name} runs{(all.Count == 0 ? "" : $"; these do: {string.Join(", ", all.Select(f => f.Name))}")}. Start one: culvert lab up SITE")
            : all switch
            {
                [] => throw new LabException("No lab runs. Start one: culvert lab up SITE"),
                [var only] => only,
                _ => throw new LabException($"Several labs run; say which with --name: {string.Join(", ", all.Select(f => f.Name))}"),
            };
    }

    /// <summary>All labs that run.</summary>
    public IReadOnlyList<LabFolder> Running() => [.. LabFolder.All(labs).Where(Holder.Lives)];

    /// <summary>Asks a lab's keeper.</summary>
    public async Task<KeeperReply> AskAsync(string? name, string command, JsonObject? arguments, Action<string> line, CancellationToken cancellationToken) =>
        await KeeperClient.AskAsync(Find(name), new KeeperRequest(command, arguments), line, cancellationToken);

    /// <summary>How a lab does.</summary>
    public async Task<LabStatus> StatusAsync(string? name, CancellationToken cancellationToken) =>
        (await AskAsync(name, "status", null, _ => { }, cancellationToken)).Result.Deserialize<LabStatus>(KeeperReply.Json)!;

    // Two commands must not build and clean the same lab at once.
    private FileStream Hold(LabFolder folder)
    {
        Directory.CreateDirectory(labs);
        try
        {
            return new FileStream(Path.Combine(labs, $".{folder.Name}.lock"), new FileStreamOptions
            {
                Mode = FileMode.OpenOrCreate,
                Access = FileAccess.ReadWrite,
                Share = FileShare.None,
                Options = FileOptions.DeleteOnClose,
            });
        }
        catch (IOException)
        {
            throw new LabException($"Another command is bringing lab {folder.Name} up or down just now.");
        }
    }

    private async Task WaitAsync(LabFolder folder, Process holder, CancellationToken cancellationToken)
    {
        var started = clock.GetTimestamp();
        while (!await KeeperClient.AnswersAsync(folder, cancellationToken))
        {
            if (holder.HasExited)
            {
                throw new LabException($"The lab's namespaces could not be made (status {holder.ExitCode}).");
            }

            if (clock.GetElapsedTime(started) > StartLimit)
            {
                throw new LabException($"The lab's keeper did not start within {StartLimit.TotalSeconds:0} s.");
            }

            await Task.Delay(TimeSpan.FromMilliseconds(10), clock, cancellationToken);
        }
    }
}
