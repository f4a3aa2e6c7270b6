-- name: Find
SELECT * FROM settings WHERE name = @name;
-- name: Put
INSERT INTO settings (name, body, changed_at, changed_by) VALUES (@name, @body, @at, @by)
ON CONFLICT DO UPDATE SET body = excluded.body, changed_at = excluded.changed_at, changed_by = excluded.changed_by;
