using Microsoft.Data.Sqlite;

namespace Culvert.Storage.Sqlite;

/// <inheritdoc/>
internal sealed class SqliteSensorStore(SqliteDatabase database) : ISensorStore
{
    private static readonly SqlFile Sql = SqlFile.Load("Sensors");

    // An answer that was lost on the way may be asked for again by the same key, but not for ever.
    private static readonly TimeSpan RetryWindow = TimeSpan.FromHours(1);

    public Task<Page<SensorEntry>> QueryAsync(SensorQuery query, CancellationToken cancellationToken) =>
        database.ReadAsync(s => ReadPage(s, query), cancellationToken);

    public Task<SensorEntry?> FindAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        s => s.First($"{Sql["Select"]} {Sql["From"]}", SensorRow.Read, Filter(new SensorQuery(), name)),
        cancellationToken);

    public Task<StoreOutcome> CreateAsync(NewSensor sensor, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            if (FindZone(s, sensor.Site, sensor.Zone) is not { } zoneId)
            {
                return StoreOutcome.NotFound;
            }

            if (s.Execute(
                Sql["Create"],
                ("name", sensor.Name.Value), ("type", sensor.Type), ("mode", sensor.Mode), ("zoneId", zoneId), ("automatic", sensor.AutomaticThreatIntelligence), ("createdAt", sensor.CreatedAt)) == 0)
            {
                return StoreOutcome.Conflict;
            }

            s.Execute(Sql["AddToken"], ("hash", sensor.TokenHash), ("sensorId", FindId(s, sensor.Name.Value)), ("at", sensor.CreatedAt), ("expiresAt", sensor.TokenExpiresAt));
            return StoreOutcome.Done;
        },
        cancellationToken);

    public Task<StoreOutcome> ReplaceTokenAsync(string name, byte[] tokenHash, DateTimeOffset at, DateTimeOffset expiresAt, CancellationToken cancellationToken) =>
        ChangeAsync(
            name,
            (s, id) =>
            {
                s.Execute(Sql["ReplaceTokens"], ("sensorId", id), ("at", at));
                s.Execute(Sql["AddToken"], ("hash", tokenHash), ("sensorId", id), ("at", at), ("expiresAt", expiresAt));
                s.Execute(Sql["AwaitReactivation"], ("sensorId", id));
                return StoreOutcome.Done;
            },
            cancellationToken);

    public Task<StoreOutcome> UpdateAsync(string name, string site, string zone, bool automaticThreatIntelligence, CancellationToken cancellationToken) =>
        ChangeAsync(
            name,
            (s, id) =>
            {
                if (FindZone(s, site, zone) is not { } zoneId)
                {
                    return StoreOutcome.NotFound;
                }

                s.Execute(Sql["Update"], ("sensorId", id), ("zoneId", zoneId), ("automatic", automaticThreatIntelligence));
                return StoreOutcome.Done;
            },
            cancellationToken);

    public Task<TokenOutcome> ExchangeTokenAsync(TokenExchange exchange, CancellationToken cancellationToken) =>
        database.WriteAsync(s => Exchange(s, exchange), cancellationToken);

    public Task<StoreOutcome> AddCertificateAsync(CertificateEntry certificate, CancellationToken cancellationToken) => database.WriteAsync(
        s =>
        {
            var found = s.First(Sql["FindForExchange"], r => (Id: r.Number("id"), State: r.Word<SensorState>("state")), ("name", certificate.Sensor));
            if (found.Id == 0)
            {
                return StoreOutcome.NotFound;
            }

            if (found.State == SensorState.Revoked)
            {
                return StoreOutcome.Conflict;
            }

            AddCertificate(s, found.Id, certificate);
            return StoreOutcome.Done;
        },
        cancellationToken);

    public Task<CertificateEntry?> FindCertificateAsync(string serial, CancellationToken cancellationToken) =>
        database.ReadAsync(s => s.First(Sql["FindCertificate"], ReadCertificate, ("serial", serial)), cancellationToken);

    public async Task<IReadOnlyList<CertificateEntry>> ListCertificatesAsync(string name, CancellationToken cancellationToken) =>
        await database.ReadAsync(s => s.Query(Sql["ListCertificates"], ReadCertificate, ("name", name)), cancellationToken);

    public Task NoteCertificateUseAsync(string serial, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(s => s.Execute(Sql["NoteUse"], ("serial", serial), ("at", at)), cancellationToken);

    public Task<StoreOutcome> RevokeAsync(string name, DateTimeOffset at, CancellationToken cancellationToken) => ChangeAsync(
        name,
        (s, id) =>
        {
            Revoke(s, id, at);
            return StoreOutcome.Done;
        },
        cancellationToken);

    public Task<StoreOutcome> DeleteAsync(string name, DateTimeOffset at, CancellationToken cancellationToken) => ChangeAsync(
        name,
        (s, id) =>
        {
            Revoke(s, id, at);
            s.Execute(Sql["Delete"], ("sensorId", id), ("at", at));
            return StoreOutcome.Done;
        },
        cancellationToken);

    public Task<StoreOutcome> SetSymmetricKeyAsync(string name, byte[]? key, CancellationToken cancellationToken) => ChangeAsync(
        name,
        (s, id) => s.Execute(Sql["SetKey"], ("sensorId", id), ("key", key)) == 0 ? StoreOutcome.Conflict : StoreOutcome.Done,
        cancellationToken);

    public Task<SensorKey?> FindKeyAsync(string name, CancellationToken cancellationToken) => database.ReadAsync(
        s => s.First(Sql["FindKey"], r => new SensorKey(r.BytesOrNull("symmetric_key"), r.Word<SensorState>("state") == SensorState.Revoked), ("name", name)),
        cancellationToken);

    public Task<bool> NoteContactAsync(string name, DateTimeOffset at, CancellationToken cancellationToken) =>
        database.WriteAsync(s => FindId(s, name) is { } id && NoteContact(s, id, at), cancellationToken);

    public async Task<IReadOnlyList<string>> MarkSilentAsync(DateTimeOffset at, TimeSpan minimum, CancellationToken cancellationToken)
    {
        // Looked up before writing, so that the usual answer (nobody) costs no transaction.
        if ((await database.ReadAsync(s => ListSilent(s, at, minimum), cancellationToken)).Count == 0)
        {
            return [];
        }

        return await database.WriteAsync(
            s =>
            {
                var silent = ListSilent(s, at, minimum);
                foreach (var (id, _) in silent)
                {
                    s.Execute(Sql["Disconnect"], ("sensorId", id), ("at", at));
                    s.Execute(Sql["AddConnection"], ("sensorId", id), ("at", at), ("state", ConnectionState.Disconnected));
                }

                return silent.ConvertAll(e => e.Name);
            },
            cancellationToken);
    }

    /// <summary>The row id of a sensor that is not deleted, or null.</summary>
    /// <param name="session">A reading or writing that has begun.</param>
    /// <param name="name">Its name.</param>
    internal static long? FindId(SqliteSession session, string name) =>
        session.Count(Sql["FindId"], ("name", name)) is var id && id == 0 ? null : id;

    /// <summary>Notes that the cloud heard from a sensor; true when that made it Connected.</summary>
    /// <param name="session">A writing that has begun.</param>
    /// <param name="id">Its row id.</param>
    /// <param name="at">When.</param>
    internal static bool NoteContact(SqliteSession session, long id, DateTimeOffset at)
    {
        session.Execute(Sql["Contact"], ("sensorId", id), ("at", at));
        if (session.Execute(Sql["Connect"], ("sensorId", id), ("at", at)) == 0)
        {
            return false;
        }

        session.Execute(Sql["AddConnection"], ("sensorId", id), ("at", at), ("state", ConnectionState.Connected));
        return true;
    }

    /// <summary>Sensors by filter, inside a reading that has begun.</summary>
    /// <param name="session">The reading.</param>
    /// <param name="query">The filter.</param>
    internal static Page<SensorEntry> ReadPage(SqliteSession session, SensorQuery query)
    {
        var direction = query.Descending ? "DESC" : "ASC";
        var order = query.Sort switch
        {
            SensorSort.Name => $"s.name {direction}",
            SensorSort.Zone => $"z.name {direction}, s.name",
            SensorSort.SoftwareVersion => $"s.reported ->> '$.softwareVersion' {direction}, s.name",
            SensorSort.LastConnected => $"s.last_contact_at {direction}, s.name",
            _ => $"i.name {direction}, z.name {direction}, s.name {direction}",
        };
        var filter = Filter(query, null);
        return new Page<SensorEntry>(
            session.Query(
                $"{Sql["Select"]} {Sql["From"]} ORDER BY {order} LIMIT @limit OFFSET @offset",
                SensorRow.Read,
                [.. filter, ("limit", query.Page.Limit), ("offset", query.Page.Offset)]),
            session.Count($"SELECT COUNT(*) {Sql["From"]}", filter));
    }

    private static TokenOutcome Exchange(SqliteSession s, TokenExchange exchange)
    {
        var name = exchange.Sensor.Value;
        var sensor = s.First(Sql["FindForExchange"], r => (Id: r.Number("id"), State: r.Word<SensorState>("state")), ("name", name));
        if (sensor.Id == 0)
        {
            return s.Count(Sql["WasDeleted"], ("name", name)) > 0 ? TokenOutcome.Revoked : TokenOutcome.Unknown;
        }

        var token = s.First(Sql["FindToken"], TokenRow.Read, ("hash", exchange.TokenHash), ("sensorId", sensor.Id));
        if (sensor.State == SensorState.Revoked)
        {
            return TokenOutcome.Revoked;
        }

        if (token is null || token.Replaced)
        {
            return TokenOutcome.Unknown;
        }

        if (token.UsedAt is { } used)
        {
            // The answer may have been lost: the key that used the token may ask again until its certificate is in use.
            var again = !token.CertificateInUse && exchange.At < used + RetryWindow && exchange.KeyHash.AsSpan().SequenceEqual(token.UsedKey);
            if (!again)
            {
                return TokenOutcome.Used;
            }
        }
        else if (exchange.At >= token.ExpiresAt)
        {
            return TokenOutcome.Expired;
        }

        AddCertificate(s, sensor.Id, exchange.Certificate);
        // One identity at a time: an older appliance with the same name must not go on beside the new one.
        s.Execute(Sql["RevokeOtherCertificates"], ("sensorId", sensor.Id), ("serial", exchange.Certificate.Serial), ("at", exchange.At));
        s.Execute(Sql["UseToken"], ("hash", exchange.TokenHash), ("at", exchange.At), ("key", exchange.KeyHash), ("serial", exchange.Certificate.Serial));
        s.Execute(Sql["Activate"], ("sensorId", sensor.Id), ("at", exchange.At));
        return TokenOutcome.Enrolled;
    }

    private static void AddCertificate(SqliteSession s, long sensorId, CertificateEntry certificate) => s.Execute(
        Sql["AddCertificate"],
        ("serial", certificate.Serial), ("sensorId", sensorId), ("thumbprint", certificate.Thumbprint), ("notBefore", certificate.NotBefore), ("notAfter", certificate.NotAfter));

    private static void Revoke(SqliteSession s, long id, DateTimeOffset at)
    {
        s.Execute(Sql["RevokeCertificates"], ("sensorId", id), ("at", at));
        s.Execute(Sql["ReplaceTokens"], ("sensorId", id), ("at", at));
        s.Execute(Sql["Revoke"], ("sensorId", id));
    }

    private Task<StoreOutcome> ChangeAsync(string name, Func<SqliteSession, long, StoreOutcome> change, CancellationToken cancellationToken) =>
        database.WriteAsync(s => FindId(s, name) is { } id ? change(s, id) : StoreOutcome.NotFound, cancellationToken);

    private static long? FindZone(SqliteSession s, string site, string zone) =>
        s.Count(Sql["FindZone"], ("site", site), ("zone", zone)) is var id && id == 0 ? null : id;

    private static List<(long Id, string Name)> ListSilent(SqliteSession s, DateTimeOffset at, TimeSpan minimum) =>
        s.Query(Sql["ListSilent"], r => (r.Number("id"), r.Text("name")), ("at", at), ("minimum", minimum.Ticks));

    private static (string Name, object? Value)[] Filter(SensorQuery query, string? name) =>
    [
        ("name", name), ("site", query.Site), ("zone", query.Zone), ("connection", query.Connection), ("state", query.State), ("text", SearchPattern.Containing(query.Text)),
    ];

    private static CertificateEntry ReadCertificate(SqliteDataReader r) => new()
    {
        Serial = r.Text("serial"),
        Sensor = r.Text("sensor"),
        Thumbprint = r.Text("thumbprint"),
        NotBefore = r.Time("not_before"),
        NotAfter = r.Time("not_after"),
        RevokedAt = r.TimeOrNull("revoked_at"),
        FirstUsedAt = r.TimeOrNull("first_used_at"),
    };
}
