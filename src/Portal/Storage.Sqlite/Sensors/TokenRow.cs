using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <summary>An enrolment token as stored.</summary>
internal sealed record TokenRow(DateTimeOffset ExpiresAt, bool Replaced, DateTimeOffset? UsedAt, byte[]? UsedKey, bool CertificateInUse)
{
    public static TokenRow Read(SqliteDataReader r) => new(
        r.Time("expires_at"), r.TimeOrNull("replaced_at") is not null, r.TimeOrNull("used_at"), r.BytesOrNull("used_key"), r.TimeOrNull("first_used_at") is not null);
}
