-- name: From
FROM devices d JOIN sensors s ON s.id = d.sensor_id LEFT JOIN zones z ON z.id = s.zone_id LEFT JOIN sites i ON i.id = z.site_id
WHERE s.deleted_at IS NULL
    AND (@sensor IS NULL OR s.name = @sensor)
    AND (@key IS NULL OR d.key = @key)
    AND (@site IS NULL OR i.name = @site)
    AND (@zone IS NULL OR d.zone = @zone)
    AND (@type IS NULL OR d.type = @type)
    AND (@vendor IS NULL OR d.vendor = @vendor)
    AND (@authorized IS NULL OR d.authorized = @authorized)
    AND (@protocol IS NULL OR EXISTS (SELECT 1 FROM json_each(d.protocols) p WHERE p.value = @protocol))
    AND (@text IS NULL OR d.search LIKE @text ESCAPE '\')
-- name: Select
SELECT s.name AS sensor, coalesce(i.name, '') AS site, d.body, d.first_seen, d.last_seen, d.updated_at
-- name: Sites
SELECT i.name AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id JOIN zones z ON z.id = s.zone_id JOIN sites i ON i.id = z.site_id
WHERE s.deleted_at IS NULL GROUP BY i.name ORDER BY 2 DESC, 1 LIMIT 200;
-- name: Zones
SELECT d.zone AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id
WHERE s.deleted_at IS NULL GROUP BY d.zone ORDER BY 2 DESC, 1 LIMIT 200;
-- name: Types
SELECT d.type AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id
WHERE s.deleted_at IS NULL GROUP BY d.type ORDER BY 2 DESC, 1 LIMIT 200;
-- name: Vendors
SELECT d.vendor AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id
WHERE s.deleted_at IS NULL AND d.vendor IS NOT NULL GROUP BY d.vendor ORDER BY 2 DESC, 1 LIMIT 200;
-- name: Protocols
SELECT p.value AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id, json_each(d.protocols) p
WHERE s.deleted_at IS NULL GROUP BY p.value ORDER BY 2 DESC, 1 LIMIT 200;
