-- name: List
SELECT h.body, h.received_at FROM health h JOIN sensors s ON s.id = h.sensor_id
WHERE s.name = @sensor AND s.deleted_at IS NULL ORDER BY h.epoch DESC, h.sequence DESC LIMIT @limit OFFSET @offset;
-- name: Count
SELECT COUNT(*) FROM health h JOIN sensors s ON s.id = h.sensor_id WHERE s.name = @sensor AND s.deleted_at IS NULL;
-- name: ListConnections
SELECT c.at, c.state FROM connections c JOIN sensors s ON s.id = c.sensor_id
WHERE s.name = @sensor AND s.deleted_at IS NULL ORDER BY c.id DESC LIMIT @limit OFFSET @offset;
-- name: CountConnections
SELECT COUNT(*) FROM connections c JOIN sensors s ON s.id = c.sensor_id WHERE s.name = @sensor AND s.deleted_at IS NULL;
