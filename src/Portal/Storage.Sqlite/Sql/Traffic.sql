-- name: Conversations
SELECT t.zone, t.source, t.destination, t.protocol, SUM(t.frames) AS frames, SUM(t.bytes) AS bytes
FROM traffic t JOIN sensors s ON s.id = t.sensor_id
WHERE s.deleted_at IS NULL AND (@sensor IS NULL OR s.name = @sensor) AND (@zone IS NULL OR t.zone = @zone)
    AND (@from IS NULL OR t.interval_start >= @from) AND (@to IS NULL OR t.interval_start < @to)
GROUP BY t.zone, t.source, t.destination, t.protocol ORDER BY bytes DESC, t.zone, t.source, t.destination, t.protocol LIMIT @limit;
-- name: Protocols
SELECT t.protocol, SUM(t.frames) AS frames, SUM(t.bytes) AS bytes
FROM traffic t JOIN sensors s ON s.id = t.sensor_id
WHERE s.deleted_at IS NULL AND (@sensor IS NULL OR s.name = @sensor) AND (@zone IS NULL OR t.zone = @zone)
    AND (@from IS NULL OR t.interval_start >= @from) AND (@to IS NULL OR t.interval_start < @to)
GROUP BY t.protocol ORDER BY bytes DESC, t.protocol LIMIT @limit;
