-- name: Devices
DELETE FROM devices WHERE id IN (SELECT id FROM devices WHERE MAX(last_seen, updated_at) < @before LIMIT @limit);
-- name: Alerts
DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE received_at < @before ORDER BY received_at LIMIT @limit);
-- name: Traffic
DELETE FROM traffic WHERE (sensor_id, epoch, sequence) IN (SELECT sensor_id, epoch, sequence FROM traffic WHERE received_at < @before ORDER BY received_at LIMIT @limit);
-- name: Evidence
DELETE FROM evidence WHERE (sensor_id, epoch, sequence) IN (SELECT sensor_id, epoch, sequence FROM evidence WHERE received_at < @before LIMIT @limit);
-- name: DeadLetters
DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE received_at < @before ORDER BY id LIMIT @limit);
-- name: Connections
DELETE FROM connections WHERE id IN (SELECT id FROM connections WHERE at < @before ORDER BY id LIMIT @limit);
-- name: Audit
DELETE FROM audit WHERE id IN (SELECT id FROM audit WHERE at < @before ORDER BY at LIMIT @limit);
-- name: SignInCodes
DELETE FROM sign_in_codes WHERE hash IN (SELECT hash FROM sign_in_codes WHERE expires_at < @before LIMIT @limit);
-- name: ApiTokens
DELETE FROM api_tokens WHERE id IN (SELECT id FROM api_tokens WHERE expires_at < @before LIMIT @limit);
-- name: ListSensors
SELECT id FROM sensors ORDER BY id;
-- name: Health
DELETE FROM health WHERE id IN (
    SELECT id FROM health WHERE sensor_id = @sensorId ORDER BY epoch DESC, sequence DESC LIMIT @limit OFFSET @keep);
-- name: ListDeleted
SELECT id FROM sensors WHERE deleted_at IS NOT NULL LIMIT 10;
-- name: DeletedDevices
DELETE FROM devices WHERE id IN (SELECT id FROM devices WHERE sensor_id = @sensorId LIMIT @limit);
-- name: DeletedAlerts
DELETE FROM alerts WHERE id IN (SELECT id FROM alerts WHERE sensor_id = @sensorId LIMIT @limit);
-- name: DeletedTraffic
DELETE FROM traffic WHERE (sensor_id, epoch, sequence) IN (SELECT sensor_id, epoch, sequence FROM traffic WHERE sensor_id = @sensorId LIMIT @limit);
-- name: DeletedHealth
DELETE FROM health WHERE id IN (SELECT id FROM health WHERE sensor_id = @sensorId LIMIT @limit);
-- name: DeletedTelemetry
DELETE FROM telemetry WHERE id IN (SELECT id FROM telemetry WHERE sensor_id = @sensorId LIMIT @limit);
-- name: DeletedDeadLetters
DELETE FROM dead_letters WHERE id IN (SELECT id FROM dead_letters WHERE sensor_id = @sensorId LIMIT @limit);
