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
INSERT INTO ban_events (id, server_id, kind, jail, ip, ip_key, banned_at, occurred_at, bantime, ban_count, failures,
    origin, by_user, reason, search, recorded_at)
SELECT b.id, j.server_id, 'ban', j.name, a.ip, a.ip_key, b.banned_at, b.banned_at, b.bantime, b.ban_count, b.failures,
    CASE b.origin WHEN 0 THEN 'detected' WHEN 1 THEN 'manual' WHEN 2 THEN 'restored' ELSE 'expired' END,
    n.by_user, n.reason, coalesce(n.search, lower(a.ip || '
' || j.name)), b.banned_at
FROM bans AS b JOIN addresses AS a ON a.id = b.address_id JOIN jails AS j ON j.id = b.jail_id
LEFT JOIN ban_notes AS n ON n.ban_id = b.id AND n.at_end = 0;
INSERT INTO ban_events (id, server_id, kind, jail, ip, ip_key, banned_at, occurred_at, bantime, ban_count, failures,
    origin, by_user, reason, search, recorded_at)
SELECT b.end_id, j.server_id, 'unban', j.name, a.ip, a.ip_key, b.banned_at, b.ended_at, b.bantime, b.ban_count, NULL,
    CASE b.end_origin WHEN 0 THEN 'detected' WHEN 1 THEN 'manual' WHEN 2 THEN 'restored' ELSE 'expired' END,
    n.by_user, n.reason, coalesce(n.search, lower(a.ip || '
' || j.name)), b.ended_at
FROM bans AS b JOIN addresses AS a ON a.id = b.address_id JOIN jails AS j ON j.id = b.jail_id
LEFT JOIN ban_notes AS n ON n.ban_id = b.id AND n.at_end = 1
WHERE b.end_id IS NOT NULL;
ALTER TABLE servers DROP COLUMN watched_until;
DROP TABLE gaps;
DROP TABLE ban_packs;
DROP TABLE ban_matches;
DROP TABLE ban_notes;
DROP TABLE bans;
DROP TABLE addresses;
DROP TABLE networks;
DROP TABLE jails;
DROP TABLE counters;
