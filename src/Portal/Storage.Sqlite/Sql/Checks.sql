-- name: Add
INSERT INTO checks (sensor_id, started_at, received_at, asked_by, outcome, report)
VALUES (@sensorId, @startedAt, @receivedAt, @askedBy, @outcome, @report) ON CONFLICT DO NOTHING;
-- name: Trim
DELETE FROM checks WHERE sensor_id = @sensorId AND id NOT IN (SELECT id FROM checks WHERE sensor_id = @sensorId ORDER BY id DESC LIMIT @keep);
-- name: List
SELECT s.name AS sensor, c.* FROM checks c JOIN sensors s ON s.id = c.sensor_id
WHERE s.name = @sensor AND s.deleted_at IS NULL ORDER BY c.started_at DESC, c.id DESC LIMIT @limit OFFSET @offset;
-- name: Count
SELECT COUNT(*) FROM checks c JOIN sensors s ON s.id = c.sensor_id WHERE s.name = @sensor AND s.deleted_at IS NULL;
