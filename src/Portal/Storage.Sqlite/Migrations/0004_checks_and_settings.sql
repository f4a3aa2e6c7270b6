CREATE TABLE checks (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    sensor_id   INTEGER NOT NULL REFERENCES sensors (id) ON DELETE CASCADE,
    started_at  INTEGER NOT NULL,
    received_at INTEGER NOT NULL,
    asked_by    TEXT,
    outcome     TEXT    NOT NULL,
    report      TEXT    NOT NULL,
    UNIQUE (sensor_id, started_at)
) STRICT;

CREATE TABLE settings (
    name       TEXT    NOT NULL PRIMARY KEY,
    body       TEXT    NOT NULL,
    changed_at INTEGER NOT NULL,
    changed_by TEXT    NOT NULL
) STRICT;
