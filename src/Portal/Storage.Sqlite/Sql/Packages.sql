-- name: Create
INSERT INTO packages (kind, version, length, sha256, manifest_content, manifest_signature, created_at, uploaded_by, content)
VALUES (@kind, @version, @length, @sha256, @manifestContent, @manifestSignature, @createdAt, @uploadedBy, @content) ON CONFLICT DO NOTHING;
-- name: List
SELECT kind, version, length, sha256, manifest_content, manifest_signature, created_at, uploaded_by FROM packages
WHERE kind = @kind AND (@version IS NULL OR version = @version) LIMIT 1000;
-- name: Content
SELECT content FROM packages WHERE kind = @kind AND version = @version;
-- name: Delete
DELETE FROM packages WHERE kind = @kind AND version = @version;
