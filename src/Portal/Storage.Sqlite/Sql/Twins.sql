-- name: Find
SELECT desired, desired_version, reported, reported_version FROM sensors WHERE name = @name AND deleted_at IS NULL;
-- name: PatchDesired
UPDATE sensors SET desired = @value, desired_version = desired_version + 1 WHERE name = @name AND deleted_at IS NULL;
-- name: PatchReported
UPDATE sensors SET reported = @value, reported_version = reported_version + 1 WHERE name = @name AND deleted_at IS NULL;
