using System.Text.Json;

namespace Culvert.Lab;

/// <summary>A lab's folder, <c>$XDG_STATE_HOME/culvert/labs/NAME</c>: what the next command must know, logs, keys made for the lab. Readable by its owner alone.</summary>
public sealed class LabFolder
{
    /// <summary>The longest path that a Unix socket takes, without the final zero (unix(7)).</summary>
    private const int LongestSocketPath = 107;

    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };

    /// <summary>The folder of the lab of this name. Throws <see cref="LabException"/> when the name cannot be a folder's.</summary>
    public LabFolder(string labs, string name)
    {
        ArgumentNullException.ThrowIfNull(name);
        if (name.Length is 0 or > 64 || !name.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_' or '.') || name.StartsWith('.'))
        {
            throw new LabException($"'{name}' cannot be a lab's name; expected 1 to 64 letters, digits, '-', '_' or '.'.");
        }

        (Name, Root) = (name, Path.Combine(labs, name));
    }

    /// <summary>The lab's name.</summary>
    public string Name { get; }

    /// <summary>The folder itself.</summary>
    public string Root { get; }

    /// <summary>Whether something of this lab is there, running or left over.</summary>
    public bool Exists => Directory.Exists(Root);

    /// <summary>Where the keeper listens for commands.</summary>
    public string Control => FilePath("control");

    /// <summary>The process that holds the lab.</summary>
    public string HolderFile => FilePath("holder");

    /// <summary>A copy of the site file.</summary>
    public string SiteFile => FilePath("site.yaml");

    /// <summary>What the keeper says.</summary>
    public string Log => FilePath("keeper.log");

    private string OptionsFile => FilePath("options.json");

    /// <summary>The folder of all labs of this user (XDG Base Directory Specification 0.8).</summary>
    public static string DefaultLabs()
    {
        var state = Environment.GetEnvironmentVariable("XDG_STATE_HOME");
        if (string.IsNullOrEmpty(state) || !Path.IsPathRooted(state))
        {
            state = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state");
        }

        return Path.Combine(state, "culvert", "labs");
    }

    /// <summary>All labs that are there.</summary>
    public static IReadOnlyList<LabFolder> All(string labs) => Directory.Exists(labs)
        ? [.. Directory.EnumerateDirectories(labs).Select(Path.GetFileName).Where(n => n is { Length: > 0 } && n[0] != '.').Order(StringComparer.Ordinal).Select(n => new LabFolder(labs, n!))]
        : [];

    /// <summary>A file in it.</summary>
    public string FilePath(string name) => Path.Combine(Root, name);

    /// <summary>A folder in it, made when it is not there.</summary>
    public string Folder(string name)
    {
        var path = Path.Combine(Root, name);
        Make(path);
        return path;
    }

    /// <summary>Makes the folder and keeps what the keeper needs.</summary>
    public void Create(LabOptions options, string siteFile)
    {
        if (Control.Length > LongestSocketPath)
        {
            throw new LabException($"{Control} is longer than the {LongestSocketPath} characters that a Unix socket's path may have; set XDG_STATE_HOME to a shorter folder.");
        }

        if (Root.StartsWith("/run/", StringComparison.Ordinal) || Root.StartsWith("/dev/", StringComparison.Ordinal))
        {
            throw new LabException($"{Root} cannot hold a lab: the lab has a /run of its own. Set XDG_STATE_HOME to a folder elsewhere.");
        }

        Make(Root);
        Write("options.json", JsonSerializer.Serialize(options, Json));
        Write("site.yaml", File.ReadAllText(siteFile));
    }

    /// <summary>What the lab was started with.</summary>
    public LabOptions ReadOptions() => JsonSerializer.Deserialize<LabOptions>(File.ReadAllText(OptionsFile), Json)!;

    /// <summary>Writes a file that its owner alone may read.</summary>
    public string Write(string name, string text)
    {
        var path = FilePath(name);
        Make(Path.GetDirectoryName(path)!);
        File.Delete(path);
        var create = new FileStreamOptions { Mode = FileMode.CreateNew, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            create.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using var writer = new StreamWriter(path, create);
        writer.Write(text);
        return path;
    }

    /// <summary>Removes it with all that is in it.</summary>
    public void Remove()
    {
        if (Directory.Exists(Root))
        {
            Directory.Delete(Root, recursive: true);
        }
    }

    private static void Make(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(path);
        }
        else
        {
            Directory.CreateDirectory(path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }
}
