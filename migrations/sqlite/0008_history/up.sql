-- The history: one row for a ban with its end, and what bans have in common (jail, address, network) once each.

-- The numbers given out last: `event` to beginnings and ends of bans, which are told in this order; `place` to what was
-- written about places.
CREATE TABLE counters (
    name TEXT NOT NULL PRIMARY KEY,
    value BIGINT NOT NULL
);

CREATE TABLE jails (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    name TEXT NOT NULL,
    UNIQUE (name, server_id)
);

-- Networks (autonomous systems) by number.
CREATE TABLE networks (
    asn BIGINT NOT NULL PRIMARY KEY,
    name TEXT
);

-- What was ever banned. ip and ip_key as in active_bans. country is two letters, `private`, or NULL for one that is not
-- known; place_no is the number under which the place was written, 0 if it never was; host is the name in the DNS.
CREATE TABLE addresses (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    ip TEXT NOT NULL UNIQUE,
    ip_key TEXT NOT NULL,
    country TEXT,
    asn BIGINT,
    host TEXT,
    place_no BIGINT NOT NULL DEFAULT 0
);
CREATE INDEX addresses_ip_key ON addresses (ip_key);
CREATE INDEX addresses_place_no ON addresses (place_no, id);

-- Everything that has happened. id is the event number of a ban's beginning, end_id that of its end. Origins: 0 detected,
-- 1 manual, 2 restored, 3 expired. Times are epoch milliseconds. The order of the columns wastes no space on PostgreSQL.
CREATE TABLE bans (
    id INTEGER PRIMARY KEY,
    banned_at BIGINT NOT NULL,
    bantime BIGINT NOT NULL CHECK (bantime >= -1),
    ended_at BIGINT,
    end_id BIGINT,
    address_id INTEGER NOT NULL REFERENCES addresses (id),
    jail_id INTEGER NOT NULL REFERENCES jails (id) ON DELETE CASCADE,
    origin INTEGER NOT NULL CHECK (origin BETWEEN 0 AND 3),
    end_origin INTEGER CHECK (end_origin BETWEEN 0 AND 3),
    ban_count INTEGER,
    failures INTEGER,
    CHECK ((ended_at IS NULL) = (end_id IS NULL) AND (ended_at IS NULL) = (end_origin IS NULL))
);

-- Who asked for the beginning (at_end 0) or the end (1) of a ban, and why. search is both in lower case, one a line.
CREATE TABLE ban_notes (
    ban_id BIGINT NOT NULL REFERENCES bans (id) ON DELETE CASCADE,
    at_end INTEGER NOT NULL CHECK (at_end IN (0, 1)),
    by_user TEXT,
    reason TEXT,
    search TEXT NOT NULL,
    PRIMARY KEY (ban_id, at_end)
);

-- The log lines behind a ban, as a JSON list; cut is 1 where some were left out or cut.
CREATE TABLE ban_matches (
    ban_id BIGINT NOT NULL PRIMARY KEY REFERENCES bans (id) ON DELETE CASCADE,
    lines TEXT NOT NULL,
    cut INTEGER NOT NULL CHECK (cut IN (0, 1))
);

-- Beginnings (kind 0) and ends (1) of bans, packed for counting: those of one day of UTC and jail, in parts. attacks leaves
-- restored bans out; changed is another number after each change. Made of `bans`, and made anew where it is missing.
CREATE TABLE ban_packs (
    day INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    jail_id INTEGER NOT NULL REFERENCES jails (id) ON DELETE CASCADE,
    part INTEGER NOT NULL,
    entries INTEGER NOT NULL,
    attacks INTEGER NOT NULL,
    changed BIGINT NOT NULL,
    packed BLOB NOT NULL,
    PRIMARY KEY (day, kind, jail_id, part)
);
-- What is known of packs without reading them, which are large.
CREATE INDEX ban_packs_kind ON ban_packs (kind, day, jail_id, part, attacks, changed);

-- Times that must not be taken for peace, and up to when the server was watched.
CREATE TABLE gaps (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    server_id TEXT NOT NULL REFERENCES servers (id) ON DELETE CASCADE,
    since BIGINT NOT NULL,
    until BIGINT NOT NULL,
    cause TEXT NOT NULL CHECK (cause IN ('unwatched', 'fail2ban_away')),
    CHECK (since < until)
);
CREATE INDEX gaps_until ON gaps (server_id, until);
ALTER TABLE servers ADD COLUMN watched_until BIGINT;

-- What was there.
INSERT INTO jails (server_id, name) SELECT DISTINCT server_id, jail FROM ban_events ORDER BY server_id, jail;
INSERT INTO addresses (ip, ip_key) SELECT ip, min(ip_key) FROM ban_events GROUP BY ip ORDER BY min(id);
INSERT INTO bans (id, banned_at, bantime, ended_at, end_id, address_id, jail_id, origin, end_origin, ban_count, failures)
SELECT b.id, b.banned_at, b.bantime, u.occurred_at, u.id, a.id, j.id,
    CASE b.origin WHEN 'detected' THEN 0 WHEN 'manual' THEN 1 WHEN 'restored' THEN 2 ELSE 3 END,
    CASE u.origin WHEN 'detected' THEN 0 WHEN 'manual' THEN 1 WHEN 'restored' THEN 2 WHEN 'expired' THEN 3 END,
    b.ban_count, b.failures
FROM ban_events AS b
JOIN addresses AS a ON a.ip = b.ip
JOIN jails AS j ON j.name = b.jail AND j.server_id = b.server_id
LEFT JOIN ban_events AS u ON u.ip = b.ip AND u.banned_at = b.banned_at AND u.jail = b.jail AND u.kind = 'unban'
    AND u.server_id = b.server_id
WHERE b.kind = 'ban';
-- Ends whose beginnings are not known.
INSERT INTO bans (id, banned_at, bantime, ended_at, end_id, address_id, jail_id, origin, end_origin, ban_count, failures)
SELECT (SELECT max(id) FROM ban_events) + row_number() OVER (ORDER BY u.id), u.banned_at, u.bantime, u.occurred_at, u.id,
    a.id, j.id, 2,
    CASE u.origin WHEN 'detected' THEN 0 WHEN 'manual' THEN 1 WHEN 'restored' THEN 2 ELSE 3 END,
    u.ban_count, NULL
FROM ban_events AS u
JOIN addresses AS a ON a.ip = u.ip
JOIN jails AS j ON j.name = u.jail AND j.server_id = u.server_id
WHERE u.kind = 'unban' AND NOT EXISTS (SELECT 1 FROM ban_events AS b WHERE b.ip = u.ip AND b.banned_at = u.banned_at
    AND b.jail = u.jail AND b.kind = 'ban' AND b.server_id = u.server_id);
INSERT INTO counters (name, value) SELECT 'event', coalesce(max(id), 0) FROM ban_events;
UPDATE counters SET value = (SELECT coalesce(max(greatest_id), 0) FROM (SELECT max(id) AS greatest_id FROM bans
    UNION ALL SELECT value FROM counters WHERE name = 'event') AS numbers) WHERE name = 'event';
INSERT INTO counters (name, value) VALUES ('place', 0);
INSERT INTO ban_notes (ban_id, at_end, by_user, reason, search)
SELECT b.id, CASE n.kind WHEN 'ban' THEN 0 ELSE 1 END, n.by_user, n.reason, n.search
FROM ban_events AS n
JOIN addresses AS a ON a.ip = n.ip
JOIN jails AS j ON j.name = n.jail AND j.server_id = n.server_id
JOIN bans AS b ON b.address_id = a.id AND b.jail_id = j.id AND b.banned_at = n.banned_at
WHERE n.by_user IS NOT NULL OR n.reason IS NOT NULL;
DROP TABLE ban_events;

CREATE UNIQUE INDEX bans_address_id ON bans (address_id, jail_id, banned_at);
CREATE INDEX bans_banned_at ON bans (banned_at);
CREATE INDEX bans_ended_at ON bans (ended_at) WHERE ended_at IS NOT NULL;
CREATE UNIQUE INDEX bans_end_id ON bans (end_id) WHERE end_id IS NOT NULL;
