namespace Culvert.Cli;

/// <summary>How a proxy is started by its user's own command line and settings.</summary>
/// <param name="Command">The program and its arguments, split at blanks. <c>{config}</c>, <c>{folder}</c> and <c>{port}</c> are replaced; no shell runs it.</param>
/// <param name="Template">The settings, see <see cref="Render"/>; null when the command needs none.</param>
internal sealed record SuiteStart(string Command, string? Template)
{
    /// <summary>Whether the settings pass tunnels on to parents that the suite names.</summary>
    public bool NamesParents => Template?.Contains("{parentHost}", StringComparison.Ordinal) == true;

    /// <summary>The program and its arguments.</summary>
    public (string Program, string[] Arguments) Line(int port, string folder, string config)
    {
        var words = Command.Split(' ', StringSplitOptions.RemoveEmptyEntries).Select(w => Common(w, port, folder).Replace("{config}", config, StringComparison.Ordinal)).ToArray();
        return (words[0], words[1..]);
    }

    /// <summary>The settings: a line with <c>{host}</c> or <c>{hostPort}</c> comes once for each destination to allow, one with <c>{parentHost}</c> or <c>{parentPort}</c> once for each parent; <c>{n}</c> counts them from 1.</summary>
    public string Render(int port, string folder, IReadOnlyList<HostPort> allowed, IReadOnlyList<HostPort> parents)
    {
        var lines = new List<string>();
        foreach (var raw in (Template ?? "").Split('\n'))
        {
            var line = Common(raw.TrimEnd('\r'), port, folder);
            if (Has(line, "{host}", "{hostPort}"))
            {
                lines.AddRange(allowed.Select((a, i) => One(line, "{host}", "{hostPort}", a, i)));
            }
            else if (Has(line, "{parentHost}", "{parentPort}"))
            {
                lines.AddRange(parents.Select((p, i) => One(line, "{parentHost}", "{parentPort}", p, i)));
            }
            else
            {
                lines.Add(line);
            }
        }

        return string.Join('\n', lines);
    }

    private static bool Has(string line, string host, string port) => line.Contains(host, StringComparison.Ordinal) || line.Contains(port, StringComparison.Ordinal);

    private static string One(string line, string host, string port, HostPort value, int index) => line
        .Replace(host, value.Host, StringComparison.Ordinal)
        .Replace(port, Number(value.Port), StringComparison.Ordinal)
        .Replace("{n}", Number(index + 1), StringComparison.Ordinal);

    private static string Common(string text, int port, string folder) =>
        text.Replace("{port}", Number(port), StringComparison.Ordinal).Replace("{folder}", folder, StringComparison.Ordinal);

    private static string Number(int number) => number.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
