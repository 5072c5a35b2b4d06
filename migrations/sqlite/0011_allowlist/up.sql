-- Addresses and networks that fail2ban must never ban, as users have told. An empty jail stands for every jail. Times are
-- epoch milliseconds; until is NULL where it is for ever.
CREATE TABLE allowlist (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    address TEXT NOT NULL,
    jail TEXT NOT NULL,
    note TEXT,
    by_user TEXT NOT NULL,
    created_at BIGINT NOT NULL,
    until BIGINT,
    UNIQUE (server_id, address, jail)
);

-- What BanGUI itself has added to the jails' ignoreip, and so may take out again.
CREATE TABLE allowlist_told (
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    jail TEXT NOT NULL,
    address TEXT NOT NULL,
    PRIMARY KEY (server_id, jail, address)
);

-- Two more things that are done: an address was put on the list, or taken off it.
-- SQLite changes a CHECK only with its table.
CREATE TABLE audit_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    occurred_at BIGINT NOT NULL,
    user_name TEXT,
    address TEXT,
    action TEXT NOT NULL
        CHECK (action IN (
            'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user',
            'job', 'log_filter', 'notification', 'allow', 'disallow'
        )),
    subject TEXT,
    detail TEXT
);
INSERT INTO audit_anew SELECT id, server_id, occurred_at, user_name, address, action, subject, detail FROM audit;
DROP TABLE audit;
ALTER TABLE audit_anew RENAME TO audit;
CREATE INDEX audit_occurred_at ON audit (server_id, occurred_at, id);
