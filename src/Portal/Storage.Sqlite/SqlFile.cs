using System.Collections.Frozen;
using System.Reflection;

namespace Culvert.Storage.Sqlite;

/// <summary>The named statements of one .sql resource: each starts with a line <c>-- name: Xyz</c>.</summary>
internal sealed class SqlFile
{
    private const string Mark = "-- name: ";
    private readonly FrozenDictionary<string, string> _statements;

    private SqlFile(FrozenDictionary<string, string> statements) => _statements = statements;

    public string this[string name] => _statements[name];

    public static SqlFile Load(string name)
    {
        using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream($"Sql.{name}")
            ?? throw new InvalidOperationException($"There is no resource Sql.{name}.");
        using var reader = new StreamReader(stream);
        var statements = reader.ReadToEnd().Split(Mark, StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('\n', 2))
            .Where(part => part.Length == 2 && !part[0].StartsWith("--", StringComparison.Ordinal))
            .ToFrozenDictionary(part => part[0].Trim(), part => part[1].Trim());
        return new SqlFile(statements);
    }
}
