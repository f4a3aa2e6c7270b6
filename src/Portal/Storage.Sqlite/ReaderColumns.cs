using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <summary>Columns as the store writes them.</summary>
internal static class ReaderColumns
{
    extension(SqliteDataReader reader)
    {
        public string Text(string name) => reader.GetString(reader.GetOrdinal(name));

        public string? TextOrNull(string name) => reader.GetOrdinal(name) is var i && reader.IsDBNull(i) ? null : reader.GetString(i);

        public long Number(string name) => reader.GetInt64(reader.GetOrdinal(name));

        public double? RealOrNull(string name) => reader.GetOrdinal(name) is var i && reader.IsDBNull(i) ? null : reader.GetDouble(i);

        public decimal? LevelOrNull(string name) => reader.RealOrNull(name) is { } level ? (decimal)level : null;

        public bool Flag(string name) => reader.Number(name) != 0;

        public DateTimeOffset Time(string name) => new(reader.Number(name), TimeSpan.Zero);

        public DateTimeOffset? TimeOrNull(string name) => reader.GetOrdinal(name) is var i && reader.IsDBNull(i) ? null : new(reader.GetInt64(i), TimeSpan.Zero);

        public byte[]? BytesOrNull(string name) => reader.GetOrdinal(name) is var i && reader.IsDBNull(i) ? null : reader.GetFieldValue<byte[]>(i);

        public T Word<T>(string name)
            where T : struct, Enum => Enum.Parse<T>(reader.Text(name));
    }
}
