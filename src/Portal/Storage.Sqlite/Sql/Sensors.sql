-- name: From
FROM sensors s LEFT JOIN zones z ON z.id = s.zone_id LEFT JOIN sites i ON i.id = z.site_id
WHERE s.deleted_at IS NULL
    AND (@name IS NULL OR s.name = @name)
    AND (@site IS NULL OR i.name = @site)
    AND (@zone IS NULL OR z.name = @zone)
    AND (@connection IS NULL OR s.connection = @connection)
    AND (@state IS NULL OR s.state = @state)
    AND (@text IS NULL OR lower(s.name || ' ' || i.name || ' ' || z.name || ' ' || coalesce(s.reported ->> '$.softwareVersion', '')) LIKE @text ESCAPE '\')
-- name: Select
SELECT s.*, coalesce(z.name, '') AS zone, coalesce(i.name, '') AS site, z.purdue_level,
    (SELECT h.body FROM health h WHERE h.sensor_id = s.id ORDER BY h.epoch DESC, h.sequence DESC LIMIT 1) AS health,
    (SELECT COUNT(*) FROM devices d WHERE d.sensor_id = s.id) AS devices,
    (SELECT COUNT(*) FROM alerts a WHERE a.sensor_id = s.id AND a.status <> 'Closed') AS alerts,
    (SELECT MAX(c.not_after) FROM certificates c WHERE c.sensor_id = s.id AND c.revoked_at IS NULL) AS certificate_ends,
    (SELECT MAX(t.expires_at) FROM tokens t WHERE t.sensor_id = s.id AND t.used_at IS NULL AND t.replaced_at IS NULL) AS token_ends
-- name: FindId
SELECT id FROM sensors WHERE name = @name AND deleted_at IS NULL;
-- name: FindZone
SELECT z.id FROM zones z JOIN sites i ON i.id = z.site_id WHERE i.name = @site AND z.name = @zone;
-- name: Create
INSERT INTO sensors (name, type, mode, zone_id, automatic_ti, state, created_at)
VALUES (@name, @type, @mode, @zoneId, @automatic, 'PendingActivation', @createdAt)
ON CONFLICT DO NOTHING;
-- name: AddToken
INSERT INTO tokens (hash, sensor_id, issued_at, expires_at) VALUES (@hash, @sensorId, @at, @expiresAt);
-- name: ReplaceTokens
UPDATE tokens SET replaced_at = @at WHERE sensor_id = @sensorId AND replaced_at IS NULL;
-- name: AwaitReactivation
UPDATE sensors SET state = CASE WHEN activated_at IS NULL THEN 'PendingActivation' ELSE 'PendingReactivation' END WHERE id = @sensorId;
-- name: Update
UPDATE sensors SET zone_id = @zoneId, automatic_ti = @automatic WHERE id = @sensorId;
-- name: FindForExchange
SELECT id, state FROM sensors WHERE name = @name AND deleted_at IS NULL;
-- name: WasDeleted
SELECT COUNT(*) FROM sensors WHERE name = @name AND deleted_at IS NOT NULL;
-- name: FindToken
SELECT t.*, c.first_used_at FROM tokens t LEFT JOIN certificates c ON c.serial = t.certificate_serial
WHERE t.hash = @hash AND t.sensor_id = @sensorId;
-- name: UseToken
UPDATE tokens SET used_at = coalesce(used_at, @at), used_key = @key, certificate_serial = @serial WHERE hash = @hash;
-- name: Activate
UPDATE sensors SET state = 'Active', activated_at = coalesce(activated_at, @at) WHERE id = @sensorId;
-- name: AddCertificate
INSERT INTO certificates (serial, sensor_id, thumbprint, not_before, not_after) VALUES (@serial, @sensorId, @thumbprint, @notBefore, @notAfter);
-- name: RevokeCertificate
UPDATE certificates SET revoked_at = @at WHERE serial = @serial AND revoked_at IS NULL;
-- name: RevokeOtherCertificates
UPDATE certificates SET revoked_at = @at WHERE sensor_id = @sensorId AND serial <> @serial AND revoked_at IS NULL;
-- name: FindCertificate
SELECT c.*, s.name AS sensor FROM certificates c JOIN sensors s ON s.id = c.sensor_id WHERE c.serial = @serial;
-- name: ListCertificates
SELECT c.*, s.name AS sensor FROM certificates c JOIN sensors s ON s.id = c.sensor_id
WHERE s.name = @name AND s.deleted_at IS NULL ORDER BY c.not_after DESC, c.serial LIMIT 100;
-- name: NoteUse
UPDATE certificates SET first_used_at = @at WHERE serial = @serial AND first_used_at IS NULL;
-- name: RevokeCertificates
UPDATE certificates SET revoked_at = @at WHERE sensor_id = @sensorId AND revoked_at IS NULL;
-- name: Revoke
UPDATE sensors SET state = 'Revoked', symmetric_key = NULL WHERE id = @sensorId;
-- name: Delete
UPDATE sensors SET deleted_at = @at, zone_id = NULL WHERE id = @sensorId;
-- name: SetKey
UPDATE sensors SET symmetric_key = @key WHERE id = @sensorId AND (@key IS NULL OR state <> 'Revoked');
-- name: FindKey
SELECT symmetric_key, state FROM sensors WHERE name = @name AND deleted_at IS NULL;
-- name: Contact
UPDATE sensors SET last_contact_at = MAX(coalesce(last_contact_at, 0), @at) WHERE id = @sensorId AND coalesce(last_contact_at, 0) < @at;
-- name: Connect
UPDATE sensors SET connection = 'Connected', connection_changed_at = @at WHERE id = @sensorId AND connection <> 'Connected';
-- name: ListSilent
SELECT id, name FROM sensors
WHERE deleted_at IS NULL AND connection = 'Connected'
    AND last_contact_at < @at - MAX(@minimum, 30000000 * coalesce(CAST(reported ->> '$.heartbeatSeconds' AS INTEGER), 0));
-- name: Disconnect
UPDATE sensors SET connection = 'Disconnected', connection_changed_at = @at WHERE id = @sensorId;
-- name: AddConnection
INSERT INTO connections (sensor_id, at, state) VALUES (@sensorId, @at, @state);
