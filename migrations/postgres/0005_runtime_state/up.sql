-- What the holder of the scheduler lock last saw of a fail2ban server, as JSON, for the other processes. Times are the
-- database's own, in epoch milliseconds: when fail2ban was asked, and when that was written here.
CREATE TABLE runtime_state (
    server_id TEXT COLLATE "C" NOT NULL CONSTRAINT runtime_state_server_id PRIMARY KEY
        REFERENCES servers (id) ON DELETE CASCADE,
    state TEXT NOT NULL,
    seen_at BIGINT NOT NULL,
    published_at BIGINT NOT NULL
);
