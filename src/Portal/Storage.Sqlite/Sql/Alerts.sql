-- name: From
FROM alerts a JOIN sensors s ON s.id = a.sensor_id LEFT JOIN zones z ON z.id = s.zone_id LEFT JOIN sites i ON i.id = z.site_id
WHERE s.deleted_at IS NULL
    AND (@sensor IS NULL OR s.name = @sensor)
    AND (@alertId IS NULL OR a.alert_id = @alertId)
    AND (@site IS NULL OR i.name = @site)
    AND (@zone IS NULL OR a.zone = @zone)
    AND (@severity IS NULL OR a.severity = @severity)
    AND (@engine IS NULL OR a.engine = @engine)
    AND (@status IS NULL OR a.status = @status)
    AND (@open IS NULL OR (a.status <> 'Closed') = @open)
    AND (@category IS NULL OR a.category = @category)
    AND (@device IS NULL OR a.source_device = @device OR a.destination_device = @device)
    AND (@from IS NULL OR a.last_detection >= @from)
    AND (@to IS NULL OR a.last_detection < @to)
    AND (@text IS NULL OR a.search LIKE @text ESCAPE '\')
-- name: Select
SELECT s.name AS sensor, coalesce(i.name, '') AS site, a.sensor_id, a.alert_id, a.body, a.status, a.status_by, a.status_at, a.first_detection, a.last_detection, a.updated_at
-- name: BySeverity
CASE a.severity WHEN 'Critical' THEN 3 WHEN 'Major' THEN 2 WHEN 'Minor' THEN 1 ELSE 0 END
-- name: ByStatus
CASE a.status WHEN 'New' THEN 2 WHEN 'Active' THEN 1 ELSE 0 END
-- name: ListEvidence
SELECT body FROM evidence WHERE sensor_id = @sensorId AND alert_id = @alertId ORDER BY epoch, sequence LIMIT 100;
-- name: SetStatus
UPDATE alerts SET status = @status, status_by = @by, status_at = @at
WHERE alert_id = @alertId AND sensor_id = (SELECT id FROM sensors WHERE name = @sensor AND deleted_at IS NULL);
