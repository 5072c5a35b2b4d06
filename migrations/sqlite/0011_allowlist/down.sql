DROP TABLE allowlist_told;
DROP TABLE allowlist;
DELETE FROM audit WHERE action IN ('allow', 'disallow');
CREATE TABLE audit_anew (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    occurred_at BIGINT NOT NULL,
    user_name TEXT,
    address TEXT,
    action TEXT NOT NULL
        CHECK (action IN (
            'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user',
            'job', 'log_filter', 'notification'
        )),
    subject TEXT,
    detail TEXT
);
INSERT INTO audit_anew SELECT id, server_id, occurred_at, user_name, address, action, subject, detail FROM audit;
DROP TABLE audit;
ALTER TABLE audit_anew RENAME TO audit;
CREATE INDEX audit_occurred_at ON audit (server_id, occurred_at, id);
