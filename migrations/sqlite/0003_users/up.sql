-- Who may log in; name_key is the name in lower case.
CREATE TABLE users (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    name TEXT NOT NULL,
    name_key TEXT NOT NULL UNIQUE,
    password_hash TEXT NOT NULL,
    created_at BIGINT NOT NULL
);

-- Sessions, by the hash of their token.
CREATE TABLE sessions (
    token TEXT NOT NULL PRIMARY KEY,
    user_id BIGINT NOT NULL REFERENCES users (id) ON DELETE CASCADE,
    created_at BIGINT NOT NULL,
    last_seen_at BIGINT NOT NULL,
    expires_at BIGINT NOT NULL,
    address TEXT,
    user_agent TEXT
);
CREATE INDEX sessions_user_id ON sessions (user_id);
CREATE INDEX sessions_expires_at ON sessions (expires_at);
CREATE INDEX sessions_last_seen_at ON sessions (last_seen_at);

-- Who did what. Names stay when the user goes.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    occurred_at BIGINT NOT NULL,
    user_name TEXT,
    address TEXT,
    action TEXT NOT NULL
        CHECK (action IN ('setup', 'login', 'login_failed', 'logout', 'ban', 'unban', 'user')),
    subject TEXT,
    detail TEXT
);
CREATE INDEX audit_occurred_at ON audit (server_id, occurred_at, id);
