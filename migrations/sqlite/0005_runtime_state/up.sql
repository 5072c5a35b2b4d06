-- What the holder of the scheduler lock last saw of a fail2ban server, as JSON, for the other processes. Times are the
-- database's own, in epoch milliseconds: when fail2ban was asked, and when that was written here. Only PostgreSQL has
-- other processes.
CREATE TABLE runtime_state (
    server_id TEXT NOT NULL PRIMARY KEY REFERENCES servers (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);
