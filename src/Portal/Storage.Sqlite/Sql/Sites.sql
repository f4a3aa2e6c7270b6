-- name: List
SELECT * FROM sites ORDER BY name LIMIT 10000;
-- name: Find
SELECT * FROM sites WHERE name = @name;
-- name: ListZones
SELECT z.site_id, z.name, z.purdue_level,
    (SELECT COUNT(*) FROM sensors s WHERE s.zone_id = z.id AND s.deleted_at IS NULL) AS sensors,
    (SELECT COUNT(*) FROM sensors s JOIN devices d ON d.sensor_id = s.id WHERE s.zone_id = z.id AND s.deleted_at IS NULL) AS devices,
    (SELECT COUNT(*) FROM sensors s JOIN alerts a ON a.sensor_id = s.id WHERE s.zone_id = z.id AND s.deleted_at IS NULL AND a.status <> 'Closed') AS alerts
FROM zones z
WHERE @siteId IS NULL OR z.site_id = @siteId
ORDER BY z.name;
-- name: Create
INSERT INTO sites (name, display_name, owner, tags, created_at) VALUES (@name, @displayName, @owner, @tags, @createdAt)
ON CONFLICT (name) DO NOTHING;
-- name: Update
UPDATE sites SET display_name = @displayName, owner = @owner, tags = @tags WHERE name = @name;
-- name: CountSensors
SELECT COUNT(*) FROM sensors s JOIN zones z ON z.id = s.zone_id JOIN sites i ON i.id = z.site_id
WHERE s.deleted_at IS NULL AND i.name = @site AND (@zone IS NULL OR z.name = @zone);
-- name: Delete
DELETE FROM sites WHERE name = @name;
-- name: PutZone
INSERT INTO zones (site_id, name, purdue_level) SELECT id, @zone, @level FROM sites WHERE name = @site
ON CONFLICT (site_id, name) DO UPDATE SET purdue_level = excluded.purdue_level;
-- name: DeleteZone
DELETE FROM zones WHERE name = @zone AND site_id = (SELECT id FROM sites WHERE name = @site);
