CREATE TABLE sensors (
    id                    INTEGER PRIMARY KEY,
    name                  TEXT    NOT NULL,
    type                  TEXT    NOT NULL,
    mode                  TEXT    NOT NULL,
    zone_id               INTEGER REFERENCES zones (id),
    automatic_ti          INTEGER NOT NULL,
    state                 TEXT    NOT NULL,
    created_at            INTEGER NOT NULL,
    activated_at          INTEGER,
    connection            TEXT    NOT NULL DEFAULT 'Never',
    connection_changed_at INTEGER,
    last_contact_at       INTEGER,
    symmetric_key         BLOB,
    desired               TEXT    NOT NULL DEFAULT '{}',
    desired_version       INTEGER NOT NULL DEFAULT 1,
    reported              TEXT    NOT NULL DEFAULT '{}',
    reported_version      INTEGER NOT NULL DEFAULT 1,
    deleted_at            INTEGER
) STRICT;
-- A deleted sensor stays until the retention has removed its records; its name is free at once.
CREATE UNIQUE INDEX sensors_name ON sensors (name) WHERE deleted_at IS NULL;
CREATE INDEX sensors_zone ON sensors (zone_id);

CREATE TABLE tokens (
    hash               BLOB    NOT NULL PRIMARY KEY,
    sensor_id          INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    issued_at          INTEGER NOT NULL,
    expires_at         INTEGER NOT NULL,
    replaced_at        INTEGER,
    used_at            INTEGER,
    used_key           BLOB,
    certificate_serial TEXT
) STRICT;
CREATE INDEX tokens_sensor ON tokens (sensor_id);

CREATE TABLE certificates (
    serial        TEXT    NOT NULL PRIMARY KEY,
    sensor_id     INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    thumbprint    TEXT    NOT NULL,
    not_before    INTEGER NOT NULL,
    not_after     INTEGER NOT NULL,
    revoked_at    INTEGER,
    first_used_at INTEGER
) STRICT;
CREATE INDEX certificates_sensor ON certificates (sensor_id, not_after);

CREATE TABLE connections (
    id        INTEGER PRIMARY KEY,
    sensor_id INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    at        INTEGER NOT NULL,
    state     TEXT    NOT NULL
) STRICT;
CREATE INDEX connections_sensor ON connections (sensor_id, id);

-- Which ids have been stored, as closed intervals of sequence numbers that never touch: exact, and one row for a stream without gaps.
CREATE TABLE received (
    sensor_id INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    stream    TEXT    NOT NULL,
    epoch     INTEGER NOT NULL,
    first     INTEGER NOT NULL,
    last      INTEGER NOT NULL,
    PRIMARY KEY (sensor_id, stream, epoch, first)
) STRICT, WITHOUT ROWID;

CREATE TABLE stream_counters (
    sensor_id    INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    stream       TEXT    NOT NULL,
    stored       INTEGER NOT NULL,
    duplicates   INTEGER NOT NULL,
    dead_letters INTEGER NOT NULL,
    last_at      INTEGER NOT NULL,
    PRIMARY KEY (sensor_id, stream)
) STRICT, WITHOUT ROWID;

CREATE TABLE dead_letters (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sensor_id   INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    hash        BLOB    NOT NULL,
    reason      TEXT    NOT NULL,
    raw         TEXT    NOT NULL,
    length      INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    UNIQUE (sensor_id, hash)
) STRICT;

CREATE TABLE devices (
    id           INTEGER PRIMARY KEY,
    sensor_id    INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    key          TEXT    NOT NULL,
    epoch        INTEGER NOT NULL,
    sequence     INTEGER NOT NULL,
    zone         TEXT    NOT NULL,
    name         TEXT    NOT NULL,
    type         TEXT    NOT NULL,
    vendor       TEXT,
    purdue_level REAL,
    authorized   INTEGER NOT NULL,
    protocols    TEXT    NOT NULL,
    first_seen   INTEGER NOT NULL,
    last_seen    INTEGER NOT NULL,
    updated_at   INTEGER NOT NULL,
    search       TEXT    NOT NULL,
    body         TEXT    NOT NULL,
    UNIQUE (sensor_id, key)
) STRICT;

CREATE TABLE alerts (
    id                 INTEGER PRIMARY KEY,
    sensor_id          INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    alert_id           TEXT    NOT NULL,
    epoch              INTEGER NOT NULL,
    sequence           INTEGER NOT NULL,
    zone               TEXT    NOT NULL,
    title              TEXT    NOT NULL,
    category           TEXT    NOT NULL,
    engine             TEXT    NOT NULL,
    severity           TEXT    NOT NULL,
    status             TEXT    NOT NULL DEFAULT 'New',
    status_by          TEXT,
    status_at          INTEGER,
    source_device      TEXT,
    destination_device TEXT,
    first_detection    INTEGER NOT NULL,
    last_detection     INTEGER NOT NULL,
    received_at        INTEGER NOT NULL,
    updated_at         INTEGER NOT NULL,
    search             TEXT    NOT NULL,
    body               TEXT    NOT NULL,
    UNIQUE (sensor_id, alert_id)
) STRICT;
CREATE INDEX alerts_last_detection ON alerts (last_detection);
CREATE INDEX alerts_received ON alerts (received_at);

CREATE TABLE health (
    id          INTEGER PRIMARY KEY,
    sensor_id   INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    epoch       INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    UNIQUE (sensor_id, epoch, sequence)
) STRICT;

CREATE TABLE traffic (
    sensor_id        INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    epoch            INTEGER NOT NULL,
    sequence         INTEGER NOT NULL,
    zone             TEXT    NOT NULL,
    interval_start   INTEGER NOT NULL,
    interval_seconds INTEGER NOT NULL,
    source           TEXT    NOT NULL,
    destination      TEXT    NOT NULL,
    protocol         TEXT    NOT NULL,
    frames           INTEGER NOT NULL,
    bytes            INTEGER NOT NULL,
    received_at      INTEGER NOT NULL,
    PRIMARY KEY (sensor_id, epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX traffic_received ON traffic (received_at);

CREATE TABLE evidence (
    sensor_id   INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    epoch       INTEGER NOT NULL,
    sequence    INTEGER NOT NULL,
    alert_id    TEXT    NOT NULL,
    received_at INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    PRIMARY KEY (sensor_id, epoch, sequence)
) STRICT, WITHOUT ROWID;
CREATE INDEX evidence_alert ON evidence (sensor_id, alert_id);

CREATE TABLE telemetry (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    sensor_id INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    kind      TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    at        INTEGER NOT NULL,
    value     REAL,
    unit      TEXT,
    text      TEXT    NOT NULL,
    trace_id  TEXT
) STRICT;
CREATE INDEX telemetry_sensor ON telemetry (sensor_id, kind, id);
