-- name: Append
INSERT INTO audit (at, actor, action, subject, detail, address) VALUES (@at, @actor, @action, @subject, @detail, @address);
-- name: List
SELECT * FROM audit
WHERE @text IS NULL OR lower(actor || ' ' || action || ' ' || subject || ' ' || detail) LIKE @text ESCAPE '\'
ORDER BY id DESC LIMIT @limit OFFSET @offset;
-- name: Count
SELECT COUNT(*) FROM audit
WHERE @text IS NULL OR lower(actor || ' ' || action || ' ' || subject || ' ' || detail) LIKE @text ESCAPE '\';
