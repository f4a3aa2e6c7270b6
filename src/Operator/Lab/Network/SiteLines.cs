namespace Culvert.Lab;

/// <summary>Finds where in a site file a part stands, so that what cannot be played is named with its line.</summary>
public static class SiteLines
{
    /// <summary>The line (from 1) on which a part of a section has its name, in block or flow style; null when it cannot be found.</summary>
    public static int? Find(string file, string section, string name)
    {
        ArgumentNullException.ThrowIfNull(section);
        ArgumentNullException.ThrowIfNull(name);
        try
        {
            var inside = false;
            foreach (var (index, line) in File.ReadLines(file).Index())
            {
                if (line.Length > 0 && line[0] is not (' ' or '#' or '-'))
                {
                    inside = line.StartsWith($"{section}:", StringComparison.Ordinal);
                }

                if (inside && HasName(line, name))
                {
                    return index + 1;
                }
            }
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Without its line it is said all the same.
        }

        return null;
    }

    private static bool HasName(string line, string name)
    {
        for (var at = line.IndexOf("name:", StringComparison.Ordinal); at >= 0; at = line.IndexOf("name:", at + 1, StringComparison.Ordinal))
        {
            var value = line[(at + 5)..].Trim();
            var end = value.IndexOfAny([',', '}', '#', ' ']);
            if ((end < 0 ? value : value[..end]).Trim('"', '\'') == name && (at == 0 || line[at - 1] is ' ' or '{'))
            {
                return true;
            }
        }

        return false;
    }
}
