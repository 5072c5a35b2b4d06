-- Where messages go. What is in settings, as JSON, holds tokens and passwords in clear.
CREATE TABLE channels (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    settings TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- When messages are sent; what a rule waits for, and its channels, are JSON.
CREATE TABLE rules (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL UNIQUE,
    spec TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- How far the history has been looked at, and where the rules stand, as JSON.
CREATE TABLE notify_progress (
    server_id TEXT NOT NULL PRIMARY KEY REFERENCES servers (id) ON DELETE CASCADE,
    seen BIGINT NOT NULL,
    state TEXT NOT NULL
);

-- Messages on their way, and what became of them. The message of a rule is its count of them: each goes through a channel
-- once. Times are epoch milliseconds; next_at is NULL when a message has ended, and ended_at until then.
CREATE TABLE deliveries (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    rule_id BIGINT NOT NULL,
    message BIGINT NOT NULL,
    channel_id BIGINT NOT NULL,
    rule_name TEXT NOT NULL,
    channel_name TEXT NOT NULL,
    digest TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent', 'failed')),
    tries BIGINT NOT NULL,
    created_at BIGINT NOT NULL,
    next_at BIGINT,
    ended_at BIGINT,
    answer_status BIGINT,
    answer TEXT,
    UNIQUE (rule_id, message, channel_id)
);
CREATE INDEX deliveries_waiting ON deliveries (channel_id, id) WHERE state = 'waiting';
CREATE INDEX deliveries_state ON deliveries (state, id);
CREATE INDEX deliveries_ended_at ON deliveries (ended_at);

-- One more thing that is done: notifications were set up. SQLite changes a CHECK only with its table.
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
