-- Times are UTC ticks (100 ns since 0001-01-01), so that nothing a capture says is rounded. Enums are their words.
CREATE TABLE sites (
    id           INTEGER PRIMARY KEY,
    name         TEXT    NOT NULL COLLATE NOCASE UNIQUE,
    display_name TEXT    NOT NULL,
    owner        TEXT    NOT NULL,
    tags         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE zones (
    id           INTEGER PRIMARY KEY,
    site_id      INTEGER NOT NULL REFERENCES sites (id) ON DELETE CASCADE,
    name         TEXT    NOT NULL COLLATE NOCASE,
    purdue_level REAL,
    UNIQUE (site_id, name)
) STRICT;

CREATE TABLE users (
    name            TEXT    NOT NULL COLLATE NOCASE PRIMARY KEY,
    role            TEXT    NOT NULL,
    password_hash   TEXT,
    security_stamp  TEXT    NOT NULL,
    disabled        INTEGER NOT NULL,
    failed_sign_ins INTEGER NOT NULL,
    locked_until    INTEGER,
    created_at      INTEGER NOT NULL,
    last_sign_in_at INTEGER
) STRICT;

CREATE TABLE sign_in_codes (
    hash       BLOB    NOT NULL PRIMARY KEY,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    used_at    INTEGER
) STRICT;

CREATE TABLE api_tokens (
    id           TEXT    NOT NULL PRIMARY KEY,
    hash         BLOB    NOT NULL UNIQUE,
    name         TEXT    NOT NULL,
    user_name    TEXT    NOT NULL COLLATE NOCASE REFERENCES users (name) ON DELETE CASCADE,
    role         TEXT    NOT NULL,
    created_at   INTEGER NOT NULL,
    expires_at   INTEGER NOT NULL,
    last_used_at INTEGER
) STRICT;

CREATE TABLE audit (
    id      INTEGER PRIMARY KEY AUTOINCREMENT,
    at      INTEGER NOT NULL,
    actor   TEXT    NOT NULL,
    action  TEXT    NOT NULL,
    subject TEXT    NOT NULL,
    detail  TEXT    NOT NULL,
    address TEXT
) STRICT;
CREATE INDEX audit_at ON audit (at);
