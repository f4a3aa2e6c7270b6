-- name: Append
INSERT INTO telemetry (sensor_id, kind, name, at, value, unit, text, trace_id) VALUES (@sensorId, @kind, @name, @at, @value, @unit, @text, @traceId);
-- name: Trim
DELETE FROM telemetry WHERE sensor_id = @sensorId AND kind = @kind AND id <=
    (SELECT id FROM telemetry WHERE sensor_id = @sensorId AND kind = @kind ORDER BY id DESC LIMIT 1 OFFSET @keep);
-- name: List
SELECT t.* FROM telemetry t JOIN sensors s ON s.id = t.sensor_id
WHERE s.name = @sensor AND s.deleted_at IS NULL AND t.kind = @kind ORDER BY t.id DESC LIMIT @limit OFFSET @offset;
-- name: Count
SELECT COUNT(*) FROM telemetry t JOIN sensors s ON s.id = t.sensor_id WHERE s.name = @sensor AND s.deleted_at IS NULL AND t.kind = @kind;
