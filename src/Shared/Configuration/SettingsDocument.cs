using System.Globalization;

namespace Culvert.Configuration;

/// <summary>One file while it is read: its mistakes, and the mappings that were opened, to find the keys that nobody asked for.</summary>
internal sealed class SettingsDocument(string path)
{
    private readonly List<SettingsMistake> _mistakes = [];
    private readonly List<SettingsMapping> _opened = [];
    private int _left;

    public string Folder { get; } = Path.GetDirectoryName(Path.GetFullPath(path)) ?? "/";

    public IEnumerable<SettingsMapping> Opened => _opened;

    public bool HasMistakes => _mistakes.Count > 0;

    public IReadOnlyList<SettingsMistake> Mistakes
    {
        get
        {
            List<SettingsMistake> sorted = [.. _mistakes.OrderBy(m => m.Line).ThenBy(m => m.Column)];
            if (_left > 0)
            {
                sorted.Add(new SettingsMistake(path, 0, 0, "", string.Create(CultureInfo.InvariantCulture, $"{_left} more mistakes"), "mend these first"));
            }

            return sorted;
        }
    }

    public void Add(Position at, string field, string found, string expected)
    {
        var mistake = new SettingsMistake(path, at.Line, at.Column, field, found, expected);
        if (_mistakes.Contains(mistake))
        {
            return;
        }

        if (_mistakes.Count >= SettingsFile.MaxMistakes)
        {
            _left++;
            return;
        }

        _mistakes.Add(mistake);
    }

    public SettingsMapping Open(MappingNode node, string field)
    {
        var mapping = new SettingsMapping(this, node, field);
        _opened.Add(mapping);
        return mapping;
    }

    public void ReportUnknownKeys()
    {
        // The same mapping may be opened twice (a reader that looks ahead): its known keys are those asked for by either.
        foreach (var group in _opened.GroupBy(m => m.Node).ToList())
        {
            SettingsMapping.ReportUnknown([.. group]);
        }
    }
}
