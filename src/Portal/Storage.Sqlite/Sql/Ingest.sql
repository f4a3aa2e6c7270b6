-- name: ListIntervals
SELECT first, last FROM received
WHERE sensor_id = @sensorId AND stream = @stream AND epoch = @epoch AND first <= @max + 1
    AND first >= coalesce(
        (SELECT MAX(first) FROM received WHERE sensor_id = @sensorId AND stream = @stream AND epoch = @epoch AND first <= @min),
        @min)
ORDER BY first;
-- name: RemoveInterval
DELETE FROM received WHERE sensor_id = @sensorId AND stream = @stream AND epoch = @epoch AND first = @first;
-- name: PutInterval
INSERT INTO received (sensor_id, stream, epoch, first, last) VALUES (@sensorId, @stream, @epoch, @first, @last)
ON CONFLICT DO UPDATE SET last = excluded.last;
-- name: Count
INSERT INTO stream_counters (sensor_id, stream, stored, duplicates, dead_letters, last_at)
VALUES (@sensorId, @stream, @stored, @duplicates, @deadLetters, @at)
ON CONFLICT DO UPDATE SET stored = stored + excluded.stored, duplicates = duplicates + excluded.duplicates,
    dead_letters = dead_letters + excluded.dead_letters, last_at = excluded.last_at;
-- name: AddDeadLetter
INSERT INTO dead_letters (sensor_id, hash, reason, raw, length, received_at) VALUES (@sensorId, @hash, @reason, @raw, @length, @at)
ON CONFLICT DO NOTHING;
-- name: PutDevice
INSERT INTO devices (sensor_id, key, epoch, sequence, zone, name, type, vendor, purdue_level, authorized, protocols, first_seen, last_seen, updated_at, search, body)
VALUES (@sensorId, @key, @epoch, @sequence, @zone, @name, @type, @vendor, @level, @authorized, @protocols, @firstSeen, @lastSeen, @at, @search, @body)
ON CONFLICT DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence, zone = excluded.zone, name = excluded.name, type = excluded.type,
    vendor = excluded.vendor, purdue_level = excluded.purdue_level, authorized = excluded.authorized, protocols = excluded.protocols,
    first_seen = MIN(first_seen, excluded.first_seen), last_seen = MAX(last_seen, excluded.last_seen),
    updated_at = excluded.updated_at, search = excluded.search, body = excluded.body
WHERE (excluded.epoch, excluded.sequence) > (devices.epoch, devices.sequence);
-- name: WidenDevice
UPDATE devices SET first_seen = MIN(first_seen, @firstSeen), last_seen = MAX(last_seen, @lastSeen) WHERE sensor_id = @sensorId AND key = @key;
-- name: PutAlert
INSERT INTO alerts (sensor_id, alert_id, epoch, sequence, zone, title, category, engine, severity, source_device, destination_device,
    first_detection, last_detection, received_at, updated_at, search, body)
VALUES (@sensorId, @alertId, @epoch, @sequence, @zone, @title, @category, @engine, @severity, @source, @destination,
    @firstDetection, @lastDetection, @at, @at, @search, @body)
ON CONFLICT DO UPDATE SET epoch = excluded.epoch, sequence = excluded.sequence, zone = excluded.zone, title = excluded.title, category = excluded.category,
    engine = excluded.engine, severity = excluded.severity, source_device = excluded.source_device, destination_device = excluded.destination_device,
    first_detection = MIN(first_detection, excluded.first_detection), last_detection = MAX(last_detection, excluded.last_detection),
    updated_at = excluded.updated_at, search = excluded.search, body = excluded.body
WHERE (excluded.epoch, excluded.sequence) > (alerts.epoch, alerts.sequence);
-- name: WidenAlert
UPDATE alerts SET first_detection = MIN(first_detection, @firstDetection), last_detection = MAX(last_detection, @lastDetection)
WHERE sensor_id = @sensorId AND alert_id = @alertId;
-- name: AddHealth
INSERT INTO health (sensor_id, epoch, sequence, received_at, body) VALUES (@sensorId, @epoch, @sequence, @at, @body) ON CONFLICT DO NOTHING;
-- name: AddTraffic
INSERT INTO traffic (sensor_id, epoch, sequence, zone, interval_start, interval_seconds, source, destination, protocol, frames, bytes, received_at)
VALUES (@sensorId, @epoch, @sequence, @zone, @start, @seconds, @source, @destination, @protocol, @frames, @bytes, @at) ON CONFLICT DO NOTHING;
-- name: AddEvidence
INSERT INTO evidence (sensor_id, epoch, sequence, alert_id, received_at, body) VALUES (@sensorId, @epoch, @sequence, @alertId, @at, @body) ON CONFLICT DO NOTHING;
-- name: ListStatistics
SELECT s.name AS sensor, c.stream, c.stored, c.duplicates, c.dead_letters, c.last_at,
    (SELECT coalesce(SUM(e.missing), 0) FROM
        (SELECT MAX(r.last) - SUM(r.last - r.first + 1) AS missing FROM received r WHERE r.sensor_id = c.sensor_id AND r.stream = c.stream GROUP BY r.epoch) e) AS missing
FROM stream_counters c JOIN sensors s ON s.id = c.sensor_id
WHERE s.deleted_at IS NULL AND c.stream <> '' AND (@sensor IS NULL OR s.name = @sensor)
ORDER BY s.name, c.stream;
-- name: ListDeadLetters
SELECT d.*, s.name AS sensor FROM dead_letters d JOIN sensors s ON s.id = d.sensor_id
WHERE s.deleted_at IS NULL AND (@sensor IS NULL OR s.name = @sensor) ORDER BY d.id DESC LIMIT @limit OFFSET @offset;
-- name: CountDeadLetters
SELECT COUNT(*) FROM dead_letters d JOIN sensors s ON s.id = d.sensor_id WHERE s.deleted_at IS NULL AND (@sensor IS NULL OR s.name = @sensor);
