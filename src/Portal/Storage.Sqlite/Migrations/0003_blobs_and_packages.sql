CREATE TABLE blobs (
    container    TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    length       INTEGER NOT NULL,
    content_type TEXT    NOT NULL,
    content_md5  BLOB,
    sha256       TEXT    NOT NULL,
    etag         TEXT    NOT NULL,
    modified_at  INTEGER NOT NULL,
    metadata     TEXT    NOT NULL,
    PRIMARY KEY (container, name)
) STRICT, WITHOUT ROWID;
CREATE INDEX blobs_modified ON blobs (modified_at);

CREATE TABLE staged_blocks (
    container TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    block_id  TEXT    NOT NULL,
    file      TEXT    NOT NULL,
    length    INTEGER NOT NULL,
    staged_at INTEGER NOT NULL,
    PRIMARY KEY (container, name, block_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE packages (
    kind               TEXT    NOT NULL,
    version            TEXT    NOT NULL,
    length             INTEGER NOT NULL,
    sha256             TEXT    NOT NULL,
    manifest_content   TEXT    NOT NULL,
    manifest_signature TEXT    NOT NULL,
    created_at         INTEGER NOT NULL,
    uploaded_by        TEXT    NOT NULL,
    content            BLOB    NOT NULL,
    PRIMARY KEY (kind, version)
) STRICT;
