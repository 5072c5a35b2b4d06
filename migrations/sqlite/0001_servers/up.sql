-- The fail2ban servers that are watched; every row that belongs to one carries its id.
CREATE TABLE servers (
    id TEXT NOT NULL PRIMARY KEY,
    -- How far fail2ban's own database has been read; NULL until it was.
    history_rowid BIGINT,
    history_timeofban BIGINT,
    CHECK ((history_rowid IS NULL) = (history_timeofban IS NULL))
);
INSERT INTO servers (id) VALUES ('local');

CREATE TABLE settings (
    key TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
);

-- The leased row that says which process schedules. Times are the database's own, in epoch milliseconds.
CREATE TABLE scheduler_lock (
    name TEXT NOT NULL PRIMARY KEY,
    holder TEXT NOT NULL,
    host TEXT NOT NULL,
    pid BIGINT NOT NULL,
    version TEXT NOT NULL,
    token BIGINT NOT NULL,
    acquired_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL
);
