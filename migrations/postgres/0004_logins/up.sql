-- Tries to log in that were counted: by address, by account, and by account at an address that it knows. Times are
-- the database's own.
CREATE TABLE login_tries (
    kind TEXT NOT NULL CHECK (kind IN ('address', 'account', 'known')),
    subject TEXT COLLATE "C" NOT NULL,
    tries BIGINT NOT NULL,
    last_at BIGINT NOT NULL,
    keep_until BIGINT NOT NULL,
    CONSTRAINT login_tries_subject PRIMARY KEY (kind, subject)
);
CREATE INDEX login_tries_last_at ON login_tries (kind, last_at);
CREATE INDEX login_tries_keep_until ON login_tries (keep_until);

-- Two more things that are done.
ALTER TABLE audit DROP CONSTRAINT audit_action_check;
ALTER TABLE audit ADD CONSTRAINT audit_action_check CHECK (action IN (
    'setup', 'login', 'login_failed', 'logout', 'session_ended', 'password', 'ban', 'unban', 'user'
));
