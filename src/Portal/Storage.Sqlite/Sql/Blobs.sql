-- name: Find
SELECT * FROM blobs WHERE container = @container AND name = @name;
-- name: Put
INSERT INTO blobs (container, name, length, content_type, content_md5, sha256, etag, modified_at, metadata)
VALUES (@container, @name, @length, @contentType, @md5, @sha256, @etag, @at, @metadata)
ON CONFLICT DO UPDATE SET length = excluded.length, content_type = excluded.content_type, content_md5 = excluded.content_md5,
    sha256 = excluded.sha256, etag = excluded.etag, modified_at = excluded.modified_at, metadata = excluded.metadata;
-- name: Delete
DELETE FROM blobs WHERE container = @container AND name = @name;
-- name: ListBlocks
SELECT block_id, file, length FROM staged_blocks WHERE container = @container AND name = @name;
-- name: PutBlock
INSERT INTO staged_blocks (container, name, block_id, file, length, staged_at) VALUES (@container, @name, @blockId, @file, @length, @at)
ON CONFLICT DO UPDATE SET file = excluded.file, length = excluded.length, staged_at = excluded.staged_at;
-- name: DeleteBlocks
DELETE FROM staged_blocks WHERE container = @container AND name = @name;
-- name: ListOldBlobs
SELECT * FROM blobs WHERE modified_at < @before ORDER BY modified_at LIMIT @limit;
-- name: ListOldBlocks
SELECT * FROM staged_blocks WHERE staged_at < @before LIMIT @limit;
-- name: DeleteBlock
DELETE FROM staged_blocks WHERE container = @container AND name = @name AND block_id = @blockId;
