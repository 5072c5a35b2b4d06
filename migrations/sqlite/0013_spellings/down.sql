ALTER TABLE active_bans DROP COLUMN spellings;
