-- Bans in force. ip is fail2ban's own spelling; ip_key sorts and searches addresses by number and is empty for
-- other ids; search is ip, jail, by and reason in lower case, one a line. Times are epoch milliseconds; an
-- expires_at of 253402300799000 (the end of the year 9999) means never.
CREATE TABLE active_bans (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    jail TEXT NOT NULL,
    ip TEXT NOT NULL,
    ip_key TEXT NOT NULL,
    banned_at BIGINT NOT NULL,
    bantime BIGINT NOT NULL CHECK (bantime >= -1),
    expires_at BIGINT NOT NULL,
    ban_count BIGINT,
    origin TEXT NOT NULL CHECK (origin IN ('detected', 'manual', 'restored', 'expired')),
    by_user TEXT,
    reason TEXT,
    search TEXT NOT NULL,
    UNIQUE (ip, jail, server_id)
);
CREATE INDEX active_bans_banned_at ON active_bans (server_id, banned_at, id);
CREATE INDEX active_bans_expires_at ON active_bans (server_id, expires_at, id);
CREATE INDEX active_bans_ip_key ON active_bans (server_id, ip_key, id);
CREATE INDEX active_bans_jail ON active_bans (server_id, jail, id);

-- Everything that has happened: the beginning and the end of each ban, once each. Ids are never used again.
CREATE TABLE ban_events (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    kind TEXT NOT NULL CHECK (kind IN ('ban', 'unban')),
    jail TEXT NOT NULL,
    ip TEXT NOT NULL,
    ip_key TEXT NOT NULL,
    banned_at BIGINT NOT NULL,
    occurred_at BIGINT NOT NULL,
    bantime BIGINT NOT NULL CHECK (bantime >= -1),
    ban_count BIGINT,
    failures BIGINT,
    origin TEXT NOT NULL CHECK (origin IN ('detected', 'manual', 'restored', 'expired')),
    by_user TEXT,
    reason TEXT,
    search TEXT NOT NULL,
    recorded_at BIGINT NOT NULL,
    UNIQUE (ip, banned_at, jail, kind, server_id)
);
CREATE INDEX ban_events_occurred_at ON ban_events (server_id, occurred_at, id);
CREATE INDEX ban_events_ip_key ON ban_events (server_id, ip_key, occurred_at, id);
CREATE INDEX ban_events_jail ON ban_events (server_id, jail, occurred_at, id);
