-- name: DevicesByType
SELECT d.type AS value, COUNT(*) AS count FROM devices d JOIN sensors s ON s.id = d.sensor_id
WHERE s.deleted_at IS NULL GROUP BY d.type ORDER BY 2 DESC, 1 LIMIT 50;
-- name: Unauthorized
SELECT COUNT(*) FROM devices d JOIN sensors s ON s.id = d.sensor_id WHERE s.deleted_at IS NULL AND d.authorized = 0;
-- name: BySeverity
SELECT a.severity AS value, COUNT(*) AS count FROM alerts a JOIN sensors s ON s.id = a.sensor_id
WHERE s.deleted_at IS NULL AND a.status <> 'Closed' GROUP BY a.severity;
-- name: ByEngine
SELECT a.engine AS value, COUNT(*) AS count FROM alerts a JOIN sensors s ON s.id = a.sensor_id
WHERE s.deleted_at IS NULL AND a.status <> 'Closed' GROUP BY a.engine;
-- name: Records
SELECT coalesce(SUM(stored), 0) AS stored, coalesce(SUM(duplicates), 0) AS duplicates, coalesce(SUM(dead_letters), 0) AS dead_letters FROM stream_counters;
