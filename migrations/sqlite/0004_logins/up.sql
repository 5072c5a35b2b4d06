-- Tries to log in that were counted: by address, by account, and by account at an address that it knows. Times are
-- the database's own.
CREATE TABLE login_tries (
    kind TEXT NOT NULL CHECK (kind IN ('address', 'account', 'known')),
    subject TEXT NOT NULL,
    tries BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    PRIMARY KEY (kind, subject)
);
CREATE INDEX login_tries_last_at ON login_tries (kind, last_at);
CREATE INDEX login_tries_keep_until ON login_tries (keep_until);

-- Two more things that are done; SQLite changes a CHECK only with its table.
CREATE TABLE audit_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    occurred_at BIGINT NOT NULL,
    user_name TEXT,
    address TEXT,
    action TEXT NOT NULL
        CHECK (action IN (
            'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user'
        )),
    subject TEXT,
    detail TEXT
);
INSERT INTO audit_anew SELECT id, server_id, occurred_at, user_name, address, action, subject, detail FROM audit;
DROP TABLE audit;
ALTER TABLE audit_anew RENAME TO audit;
CREATE INDEX audit_occurred_at ON audit (server_id, occurred_at, id);
