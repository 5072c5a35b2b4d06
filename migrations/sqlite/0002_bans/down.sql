DROP TABLE ban_events;
DROP TABLE active_bans;
